// To be called under the folder's lock. Guarantees: neither socket nor secret can be opened by others at any moment, for
// both are made in a folder that only their owner enters; what a dead process left is replaced in one step.

import type { Server } from 'node:net';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nearFolder } from './short-path.ts';
import { MAKING_FOLDER, SECRET_FILE, SOCKET_FILE } from './socket-files.ts';

const OWNER_ENTERS = 0o700;
const OWNER_READS = 0o600;

/** Lets a server listen in a data folder. Answers what takes the socket away again. */
export async function placeSocket(dir: string, server: Server, secret: string): Promise<() => Promise<void>> {
  const making = path.join(dir, MAKING_FOLDER);
  const unborn = path.join(MAKING_FOLDER, SOCKET_FILE);
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: OWNER_ENTERS });
  const near = await nearFolder(dir, unborn.length);
  const takeAway = async (): Promise<void> => {
    for (const name of [SOCKET_FILE, SECRET_FILE]) await rm(path.join(dir, name), { force: true });
    await near.close();
  };
  try {
    await writeFile(path.join(making, SECRET_FILE), secret, { mode: OWNER_READS, flag: 'wx' });
    await listen(server, near.path(unborn));
    await chmod(path.join(making, SOCKET_FILE), OWNER_READS);
    // The secret first: who finds the socket finds its secret.
    for (const name of [SECRET_FILE, SOCKET_FILE])
      await rename(path.join(making, name), path.join(dir, name));
    return takeAway;
  } catch (error) {
    server.close();
    await rm(path.join(dir, SECRET_FILE), { force: true });
    await near.close();
    throw error;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

function listen(server: Server, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
