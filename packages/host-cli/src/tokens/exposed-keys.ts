import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ROOT_KEYS_FOLDER, rootKeyIdOf } from '@tksm/drivers-disk';
import type { Invocation } from '../program/invocation.ts';

/** Modes by which others than the owner read a file, or change it. */
const OTHERS = 0o066;

/** Whether others than its owner read a file, or change it, by its mode. */
export function isExposed(mode: number): boolean {
  return (mode & OTHERS) !== 0;
}

/** The files of root keys of a data folder that others can read or change. */
export async function exposedKeys(dir: string): Promise<readonly string[]> {
  const folder = path.join(dir, ROOT_KEYS_FOLDER);
  const exposed: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (rootKeyIdOf(name) === undefined) continue;
    const file = path.join(folder, name);
    // It may have been dropped since the folder was read.
    const { mode } = (await stat(file).catch(() => undefined)) ?? { mode: 0 };
    if (isExposed(mode)) exposed.push(file);
  }
  return exposed;
}

/** Warns of root keys that others can read or change. */
export async function warnOfExposedKeys({ output }: Pick<Invocation, 'output'>, dir: string): Promise<void> {
  for (const file of await exposedKeys(dir))
    output.notice(
      `others can read or change ${file}, and with it make any token of this zone: ${remedy(file)}`,
    );
}

/** What to do about a key that was exposed: whoever read it has it still. */
export function remedy(file: string): string {
  return `chmod 600 ${file}, then tksm token rotate, and --drop the old key`;
}
