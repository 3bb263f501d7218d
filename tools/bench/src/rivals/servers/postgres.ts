import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findProgram, versionOf } from './programs.ts';
import { freePort, startProgram } from './server.ts';
import type { Server } from './server.ts';

const run = promisify(execFile);
const MAX_CONNECTIONS = 200;

/** PostgreSQL with its own defaults (fsync and synchronous_commit on), for anybody on this machine. */
export async function startPostgres(dir: string): Promise<Server> {
  const [command, initdb] = [await findProgram('postgres'), await findProgram('initdb')];
  const user = process.getuid?.() === 0 ? await postgresUser() : undefined;
  const folder = path.join(dir, 'postgres');
  await mkdir(folder, { mode: 0o700 });
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  await run(initdb, ['-D', folder, '-A', 'trust', '-U', 'postgres'], { cwd: '/', ...user });
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    `max_connections=${MAX_CONNECTIONS}`,
  ];
  const args = ['-D', folder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // SIGINT: does not wait for those who are connected.
  const program = {
    command,
    args,
    logFile: `${folder}.log`,
    stopSignal: 'SIGINT',
    ...(user && { user }),
  } as const;
  return { ...(await startProgram(program, port)), version: `pg ${await versionOf(command)}` };
}

/** It refuses to run as root. */
async function postgresUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const id = async (option: string): Promise<number> =>
    Number((await run('id', [option, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
