import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MANIFEST = path.join(import.meta.dirname, '../../rivals');
const FILES = ['package.json', 'package-lock.json', 'load.mjs'] as const;

/** Exact versions, by package. */
export type Versions = Readonly<Record<string, string>>;

/** Where rivals are installed unless told otherwise: outside this repository, once for all its checkouts. */
export function defaultCache(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(base, 'tksm-rivals');
}

/** Installs the rivals in exactly the versions of the lock file kept here. Does nothing when they are there. */
export async function installRivals(cache: string): Promise<Versions> {
  const lock = await readFile(path.join(MANIFEST, 'package-lock.json'), 'utf8');
  const installed = await readFile(path.join(cache, 'installed.json'), 'utf8').catch(() => '');
  if (installed !== lock) {
    console.error(`installing the rivals in ${cache}`);
    await mkdir(cache, { recursive: true });
    for (const file of FILES) await copyFile(path.join(MANIFEST, file), path.join(cache, file));
    // npm comes with every Node.js, and needs no workspace. Not `npm ci`: that refuses a lock file made where a registry
    // lacked optional packages for other platforms.
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { cwd: cache });
    await copyFile(path.join(MANIFEST, 'package-lock.json'), path.join(cache, 'installed.json'));
  }
  const manifest = JSON.parse(await readFile(path.join(MANIFEST, 'package.json'), 'utf8')) as {
    readonly dependencies: Versions;
  };
  return manifest.dependencies;
}

/** Imports packages as the cache folder has them. */
export function loaderFrom(cache: string): (name: string) => Promise<unknown> {
  return async (name) => {
    const { load } = (await import(pathToFileURL(path.join(cache, 'load.mjs')).href)) as {
      readonly load: (name: string) => Promise<unknown>;
    };
    return load(name);
  };
}
