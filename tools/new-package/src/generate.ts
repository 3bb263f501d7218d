import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Placement } from './level.ts';
import { filesOf } from './template.ts';

async function formatted(file: string, content: string, root: string): Promise<string> {
  const options = await resolveConfig(path.join(root, 'package.json'));
  return format(content, { ...options, filepath: file });
}

/** Writes a new package under `root` and returns its files, relative to the root. Throws when the folder is taken. */
export async function generate(root: string, placement: Placement): Promise<string[]> {
  const folder = path.join(root, placement.folder);
  if (existsSync(folder)) throw new Error(`${placement.folder} exists already`);
  const written: string[] = [];
  for (const [name, content] of filesOf(placement)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, await formatted(file, content, root));
    written.push(`${placement.folder}/${name}`);
  }
  return written;
}
