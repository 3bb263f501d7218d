import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkspacePackage } from './repo.ts';

const workspaceImport = /(?:from|import\()\s*'(@tksm\/[^'/]+)/g;
const source = /\/(?:src\/.*|demo)\.ts$/;

/** Names of workspace packages that a source imports, in order, each once. */
export function workspaceImports(text: string): string[] {
  return [...new Set([...text.matchAll(workspaceImport)].map((match) => match[1] ?? ''))];
}

/**
 * One line for every import of a workspace package that is not among the importer's dependencies. Such an import may
 * compile, from what an earlier build left behind, and then fail on a clean checkout.
 */
export async function importProblems(
  root: string,
  packages: readonly WorkspacePackage[],
  files: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const { folder, manifest } of packages) {
    const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
    const own = files.filter(
      (file) => file.startsWith(`${folder}/`) && source.test(file) && !file.endsWith('.test.ts'),
    );
    for (const file of own) {
      const text = await readFile(path.join(root, file), 'utf8').catch(() => '');
      const missing = workspaceImports(text).filter((name) => !declared.has(name) && name !== manifest.name);
      problems.push(...missing.map((name) => `${file}: imports ${name}, which is not in its dependencies`));
    }
  }
  return problems;
}
