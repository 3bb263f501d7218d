import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs that rivals need and their packages of Debian and its kin. */
const PACKAGES = { 'redis-server': 'redis-server', postgres: 'postgresql', initdb: 'postgresql' } as const;
export type ProgramName = keyof typeof PACKAGES;

/** Where Debian keeps what is not on the path: a folder for each major version. */
const POSTGRES_ROOT = '/usr/lib/postgresql';

/** @throws Error that names the package to install */
export async function findProgram(name: ProgramName): Promise<string> {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...(await postgresFolders())];
  for (const folder of folders) {
    const file = path.join(folder, name);
    if (await isExecutable(file)) return file;
  }
  const rivals =
    name === 'redis-server' ? 'bullmq-always,bullmq-everysec' : 'graphile,graphile-batched,pg-boss-batched';
  throw new Error(
    `${name} is missing. Install it: apt-get install -y ${PACKAGES[name]}. Or leave ${rivals} out: --only with other peers`,
  );
}

/** The first number of what `--version` prints. */
export async function versionOf(command: string): Promise<string> {
  const { stdout } = await run(command, ['--version']);
  return /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0] ?? 'unknown';
}

async function postgresFolders(): Promise<readonly string[]> {
  const versions = await readdir(POSTGRES_ROOT).catch(() => []);
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(POSTGRES_ROOT, version, 'bin'));
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
