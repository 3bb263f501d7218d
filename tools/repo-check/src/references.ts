// TypeScript project references repeat what package.json already says about the workspace. They are derived here,
// never written by hand: `pnpm sync` writes them, the layers guard checks them. devDependencies are left out: only tests
// use those, tests are no part of the build, and two packages may use each other in tests.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { WorkspacePackage } from './repo.ts';

interface TsConfig {
  readonly files?: readonly string[];
  readonly references?: readonly { readonly path: string }[];
}

/** Folders that a package's tsconfig must reference, relative to the package. */
export function expectedReferences(found: WorkspacePackage, all: readonly WorkspacePackage[]): string[] {
  const { dependencies = {}, peerDependencies = {} } = found.manifest;
  const names = new Set([dependencies, peerDependencies].flatMap((part) => Object.keys(part)));
  return all
    .filter((other) => names.has(other.manifest.name))
    .map((other) => path.posix.relative(found.folder, other.folder))
    .sort();
}

async function readConfig(file: string): Promise<TsConfig | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as TsConfig);
}

// As `expectedReferences` writes them: sorted, and by the shortest path.
function pathsOf(config: TsConfig, file: string): string[] | undefined {
  const folder = path.posix.dirname(file);
  return config.references
    ?.map((reference) => path.posix.relative(folder, path.posix.join(folder, reference.path)))
    .sort();
}

function wantedConfigs(packages: readonly WorkspacePackage[]): Map<string, string[]> {
  const root = ['tsconfig.json', packages.map((found) => found.folder)] as const;
  const each = packages.map(
    (found) => [`${found.folder}/tsconfig.json`, expectedReferences(found, packages)] as const,
  );
  return new Map([root, ...each]);
}

/** One line for every tsconfig.json whose references differ from the workspace dependencies. */
export async function referenceProblems(
  root: string,
  packages: readonly WorkspacePackage[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const [file, wanted] of wantedConfigs(packages)) {
    const config = await readConfig(path.join(root, file));
    const actual = config && pathsOf(config, file);
    if (actual === undefined) problems.push(`${file}: has no references; run \`pnpm sync\``);
    else if (actual.join() !== wanted.join())
      problems.push(
        `${file}: references [${actual.join(', ')}], expected [${wanted.join(', ')}]; run \`pnpm sync\``,
      );
  }
  return problems;
}

// Prettier keeps an object expanded when its first key stands on a new line: only the outermost shall.
function textOf(config: TsConfig): string {
  const entries = Object.entries(config).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${entries.join(',\n')}\n}`;
}

/** Rewrites the references of every tsconfig.json that differs; leaves the rest of each file alone. */
export async function writeReferences(root: string, packages: readonly WorkspacePackage[]): Promise<void> {
  for (const [file, wanted] of wantedConfigs(packages)) {
    const full = path.join(root, file);
    const config = (await readConfig(full)) ?? (file === 'tsconfig.json' ? { files: [] } : undefined);
    if (config === undefined || wanted.join() === pathsOf(config, file)?.join()) continue;
    const next = { ...config, references: wanted.map((folder) => ({ path: folder })) };
    const options = await resolveConfig(path.join(root, 'package.json'));
    await writeFile(full, await format(textOf(next), { ...options, parser: 'json' }));
  }
}
