// A small workspace under the same configuration as this repository, to plant violations in.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeReferences } from '../src/references.ts';
import { listPackages, ownRoot, type Repo } from '../src/repo.ts';
import { runCommand } from '../src/run-command.ts';
import { expectedName } from '../src/manifest-rules.ts';

const configuration = [
  '.dependency-cruiser.cjs',
  '.gitignore',
  '.prettierignore',
  '.prettierrc.json',
  'api-extractor.json',
  'eslint.config.js',
  'knip.json',
  'pnpm-workspace.yaml',
  'tools/repo-check/src/lint/ambient.ts',
  'tools/repo-check/src/lint/file-name.ts',
  'tools/repo-check/src/lint/reasoned-disable.ts',
  'tsconfig.base.json',
  'tsconfig.tests.json',
  'vitest.config.ts',
];

/** Relative path to content. */
export type Files = Readonly<Record<string, string>>;

interface PackageParts {
  readonly dependencies?: readonly string[];
  readonly devDependencies?: readonly string[];
  readonly external?: Readonly<Record<string, string>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
}

function workspaceRanges(names: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, 'workspace:*']));
}

// An empty block is itself a finding.
function block(name: string, ranges: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.keys(ranges).length === 0 ? {} : { [name]: ranges };
}

/** The files of a package as `pnpm new` would shape it, apart from its sources. */
export function packageFiles(folder: string, parts: PackageParts = {}): Files {
  const up = '../'.repeat(folder.split('/').length);
  const isPublic = folder.startsWith('packages/');
  const manifest = {
    name: expectedName(folder),
    version: '0.1.0',
    ...(isPublic ? {} : { private: true }),
    license: 'Apache-2.0',
    repository: { type: 'git', url: 'git+https://github.com/tksm/tksm.git', directory: folder },
    type: 'module',
    engines: { node: '>=24' },
    sideEffects: false,
    ...(isPublic
      ? { exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } }, files: ['dist'] }
      : {}),
    publishConfig: { access: 'public' },
    scripts: { build: 'tsc -b' },
    ...block('dependencies', { ...workspaceRanges(parts.dependencies), ...parts.external }),
    ...block('devDependencies', workspaceRanges(parts.devDependencies)),
    ...parts.manifest,
  };
  const tsconfig = {
    extends: `${up}tsconfig.base.json`,
    compilerOptions: { rootDir: 'src', outDir: 'dist' },
    include: ['src'],
    exclude: ['src/**/*.test.ts'],
    references: [],
  };
  return {
    [`${folder}/package.json`]: JSON.stringify(manifest, null, 2),
    [`${folder}/tsconfig.json`]: JSON.stringify(tsconfig, null, 2),
  };
}

/** Writes files below the root of a fixture. */
export async function plant(repo: Repo, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(repo.root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

async function link(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  if (!existsSync(to)) await symlink(from, to);
}

// What an install would link, without the time it takes: the tools at the root, the workspace in each package.
async function linkTools({ root, toolRoot }: Repo): Promise<void> {
  for (const name of await readdir(path.join(toolRoot, 'node_modules'))) {
    if (!name.startsWith('.'))
      await link(path.join(toolRoot, 'node_modules', name), path.join(root, 'node_modules', name));
  }
}

/** Links every workspace dependency and derives the references, as `pnpm install` and `pnpm sync` would. */
export async function linkWorkspace({ root }: Repo): Promise<void> {
  const packages = await listPackages(root);
  for (const { folder, manifest } of packages) {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      const target = packages.find((other) => other.manifest.name === name);
      if (target) await link(path.join(root, target.folder), path.join(root, folder, 'node_modules', name));
    }
  }
  await writeReferences(root, packages);
}

const greeting = `/** What the fixture offers. */
export interface Greeting {
  readonly text: string;
}
`;

const clean: Files = {
  'README.md': '# Fixture\n\nA clean workspace.\n',
  'package.json': JSON.stringify({
    name: 'fixture',
    private: true,
    type: 'module',
    packageManager: 'pnpm@10.34.9',
    devDependencies: {
      'dependency-cruiser': '18.7.2',
      eslint: '10.15.0',
      typescript: 'catalog:',
      'typescript-eslint': '8.73.0',
      vitest: 'catalog:',
    },
  }),
  ...packageFiles('packages/abstractions'),
  'packages/abstractions/src/index.ts': greeting,
  ...packageFiles('packages/core', { dependencies: ['@tksm/abstractions'] }),
  'packages/core/src/greet.ts': `import type { Greeting } from '@tksm/abstractions';

/** Greets. */
export function greet(name: string): Greeting {
  return { text: \`hello \${name}\` };
}
`,
  'packages/core/src/index.ts': `export { greet } from './greet.ts';\n`,
  'packages/core/src/greet.test.ts': `import { expect, it } from 'vitest';
import { greet } from './greet.ts';

it('greets by name', () => {
  expect(greet('you').text).toBe('hello you');
});
`,
};

/** Makes a workspace that every guard passes. */
export async function createFixture(): Promise<Repo> {
  const repo: Repo = { root: await mkdtemp(path.join(tmpdir(), 'tksm-guards-')), toolRoot: ownRoot };
  for (const file of configuration)
    await cp(path.join(ownRoot, file), path.join(repo.root, file), { recursive: true });
  await plant(repo, clean);
  await linkTools(repo);
  await linkWorkspace(repo);
  await runCommand('git', ['init', '-q'], { cwd: repo.root });
  for (const guard of ['format', 'api']) await fix(repo, guard);
  return repo;
}

async function runMain(repo: Repo, ...args: string[]): Promise<{ ok: boolean; output: string }> {
  const main = path.join(ownRoot, 'tools/repo-check/src/main.ts');
  return runCommand(process.execPath, [main, '--root', repo.root, ...args], { cwd: repo.root });
}

/** Runs one guard's repair, as a person would. */
export async function fix(repo: Repo, guard: string): Promise<void> {
  const result = await runMain(repo, '--only', guard, '--fix');
  if (!result.ok) throw new Error(result.output);
}

export { runMain };

export function readPlanted(repo: Repo, file: string): Promise<string> {
  return readFile(path.join(repo.root, file), 'utf8');
}
