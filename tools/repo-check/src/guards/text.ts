import path from 'node:path';
import { readFile } from 'node:fs/promises';
import type { Guard } from '../guard.ts';
import { listFiles, type Repo } from '../repo.ts';
import { sizeProblems, textProblems } from '../text-rules.ts';

const binary = /\.(?:png|bin|ico|woff2?|gz|tgz|sqlite|wasm|seg)$/;
const generated = /(?:^|\/)(?:pnpm-lock\.yaml|package-lock\.json|LICENSE|CHANGELOG\.md)$|\.api\.md$/;

async function readText(repo: Repo, file: string): Promise<string> {
  // A file may be listed and gone: deleted but not yet committed.
  return readFile(path.join(repo.root, file), 'utf8').catch(() => '');
}

export const text: Guard = {
  name: 'text',
  needsBuild: false,
  async check(repo) {
    const names = (await listFiles(repo)).filter((name) => !binary.test(name));
    const files = await Promise.all(names.map(async (name) => ({ name, text: await readText(repo, name) })));
    const written = files.filter(({ name }) => !generated.test(name));
    return [...files.flatMap(textProblems), ...sizeProblems(written)].join('\n');
  },
};
