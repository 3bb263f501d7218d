import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, versionOf } from './programs.ts';
import { freePort, startProgram } from './server.ts';
import type { Server } from './server.ts';

/** Redis as BullMQ asks for it (no eviction), with an append-only file: flushed before each answer, or every second. */
export async function startRedis(dir: string, appendfsync: 'always' | 'everysec'): Promise<Server> {
  const command = await findProgram('redis-server');
  const folder = path.join(dir, `redis-${appendfsync}`);
  await mkdir(folder);
  const port = await freePort();
  const settings = {
    ...{ port, bind: '127.0.0.1', dir: folder, daemonize: 'no' },
    ...{ appendonly: 'yes', appendfsync, save: '', 'maxmemory-policy': 'noeviction' },
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const logFile = `${folder}.log`;
  const program = await startProgram({ command, args, logFile, stopSignal: 'SIGTERM' }, port);
  return { ...program, version: `redis ${await versionOf(command)}` };
}
