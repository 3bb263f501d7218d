import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

/** Longest path of a Unix socket that every system takes; Linux ends at 107 bytes, macOS at 103. */
const MAX_SOCKET_PATH_BYTES = 100;

/** A folder whose sockets can be named, however long its own path is. */
export interface NearFolder {
  path(name: string): string;
  close(): Promise<void>;
}

/**
 * Opens a folder for names up to `longest` bytes. Where the path is too long for a socket, names go through the open folder,
 * `/proc/self/fd/N/name` (Linux); elsewhere the system refuses them.
 */
export async function nearFolder(dir: string, longest: number): Promise<NearFolder> {
  const isShort = Buffer.byteLength(dir) + 1 + longest <= MAX_SOCKET_PATH_BYTES;
  if (isShort || process.platform !== 'linux') {
    return { path: (name) => path.join(dir, name), close: async () => undefined };
  }
  const folder = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    path: (name) => `/proc/self/fd/${folder.fd}/${name}`,
    close: () => folder.close(),
  };
}
