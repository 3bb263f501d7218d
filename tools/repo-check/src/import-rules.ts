import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import type { WorkspacePackage } from './repo.ts';

const workspaceName = /^@tksm\/[^/]+/;
const source = /\/(?:src\/.*|demo)\.ts$/;

/** Names of workspace packages that a source imports, in order, each once. */
export function workspaceImports(text: string): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  const names = importedFiles.map(({ fileName }) => workspaceName.exec(fileName)?.[0]);
  return [...new Set(names)].filter((name) => name !== undefined);
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
