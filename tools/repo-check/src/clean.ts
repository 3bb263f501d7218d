import { glob, rm } from 'node:fs/promises';
import path from 'node:path';
import { listPackages, ownRoot } from './repo.ts';

const inPackage = ['dist', '.turbo', '*.tsbuildinfo'];

// The test runner's cache is not keyed on the TypeScript configuration: a stale one survives a change of it.
const inRoot = [
  'node_modules/.vitest-cache',
  'node_modules/.vite',
  'node_modules/.cache',
  '.turbo',
  'coverage',
  '*.tsbuildinfo',
];

async function clean(folder: string, patterns: readonly string[]): Promise<void> {
  for await (const found of glob([...patterns], { cwd: folder })) {
    await rm(path.join(folder, found), { recursive: true, force: true });
  }
}

await clean(ownRoot, inRoot);
for (const { folder } of await listPackages(ownRoot)) await clean(path.join(ownRoot, folder), inPackage);
