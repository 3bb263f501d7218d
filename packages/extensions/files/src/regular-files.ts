import { lstat } from 'node:fs';
import { errnoOf, fileError } from './file-error.ts';
import type { OnVanished } from './folder-walk.ts';
import { joined } from './path-value.ts';

/** How many files are looked at side by side. */
const WINDOW = 64;

export interface FoundFile {
  /** Relative to the folder. */
  readonly path: Buffer;
  readonly size: number;
}

/**
 * Those of the paths that are regular files, with their size, in the same order and in portions.
 *
 * @throws KernelError `FileUnreadable`, `StorageFailed`, `ResourcesExhausted`
 */
export async function* regularFiles(
  folder: Buffer,
  paths: AsyncIterable<Buffer>,
  onVanished: OnVanished,
): AsyncGenerator<readonly FoundFile[], void> {
  let window: Buffer[] = [];
  const settle = async (): Promise<FoundFile[]> => {
    const found = await Promise.all(window.map((path) => look(folder, path, onVanished)));
    window = [];
    return found.filter((file) => file !== undefined);
  };
  for await (const path of paths) {
    window.push(path);
    if (window.length >= WINDOW) yield await settle();
  }
  yield await settle();
}

async function look(folder: Buffer, path: Buffer, onVanished: OnVanished): Promise<FoundFile | undefined> {
  const whole = joined(folder, path);
  return new Promise((resolve, reject) => {
    lstat(whole, (error, stats) => {
      if (error === null) return resolve(stats.isFile() ? { path, size: stats.size } : undefined);
      const errno = errnoOf(error);
      if (errno !== 'ENOENT' && errno !== 'ENOTDIR') return reject(fileError(error, whole, 'look at'));
      onVanished(whole);
      resolve(undefined);
    });
  });
}
