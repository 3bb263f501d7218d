import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { runCommand, type CommandResult } from './run-command.ts';

/** The part of a package.json that guards read. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
  readonly publishConfig?: Readonly<Record<string, string>>;
  readonly repository?: { readonly directory?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface WorkspacePackage {
  /** Folder relative to the root, with forward slashes. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The tree under guard. `toolRoot` holds the installed tools: the same tree, except for a fixture. */
export interface Repo {
  readonly root: string;
  readonly toolRoot: string;
}

export const ownRoot = path.resolve(import.meta.dirname, '../../..');

// The same folders as in pnpm-workspace.yaml.
const groups = ['packages', 'packages/drivers', 'packages/extensions', 'tools', 'samples'];

async function foldersIn(root: string, group: string): Promise<string[]> {
  const entries = await readdir(path.join(root, group), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${group}/${entry.name}`);
}

async function readPackage(root: string, folder: string): Promise<WorkspacePackage | undefined> {
  const text = await readFile(path.join(root, folder, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : { folder, manifest: JSON.parse(text) as Manifest };
}

/** All packages of the workspace, sorted by folder. */
export async function listPackages(root: string): Promise<WorkspacePackage[]> {
  const folders = (await Promise.all(groups.map((group) => foldersIn(root, group)))).flat().sort();
  const packages = await Promise.all(folders.map((folder) => readPackage(root, folder)));
  return packages.filter((found) => found !== undefined);
}

/** Runs a tool installed at the root, by its bin name, on the tree under guard. */
export function runTool(repo: Repo, bin: string, args: readonly string[]): Promise<CommandResult> {
  return runCommand(path.join(repo.toolRoot, 'node_modules/.bin', bin), args, { cwd: repo.root });
}

/** Tracked and new files that git does not ignore, relative to the root. */
export async function listFiles(repo: Repo): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const result = await runCommand('git', args, { cwd: repo.root });
  if (!result.ok) throw new Error(`git ls-files failed: ${result.output}`);
  return [...new Set(result.stdout.split('\0').filter((file) => file !== ''))];
}
