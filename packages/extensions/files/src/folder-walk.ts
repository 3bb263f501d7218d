import { readdir } from 'node:fs/promises';
import { isKernelError } from '@tksm/abstractions';
import { fileError } from './file-error.ts';
import { joined } from './path-value.ts';

interface Entry {
  readonly name: Buffer;
  readonly isFolder: boolean;
  /** What puts whole paths in the order of their bytes: a folder's name with the slash that follows it. */
  readonly key: Buffer;
}

interface Level {
  readonly path: Buffer;
  readonly entries: IterableIterator<Entry>;
}

/** Is told of what was there a moment ago. */
export type OnVanished = (path: Buffer) => void;

/**
 * Paths of all files below a folder, relative to it and in the order of their bytes. Symbolic links are neither
 * followed nor given; the folder itself may be one. Holds the names of one folder for each level.
 *
 * @throws KernelError `FileNotFound`, `FileUnreadable`, `StorageFailed`, `ResourcesExhausted`
 */
export async function* walkFolder(folder: Buffer, onVanished: OnVanished): AsyncGenerator<Buffer, void> {
  const levels: Level[] = [{ path: Buffer.alloc(0), entries: (await entriesOf(folder)).values() }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const next = level.entries.next();
    if (next.done === true) {
      levels.pop();
      continue;
    }
    const path = joined(level.path, next.value.name);
    if (!next.value.isFolder) {
      yield path;
      continue;
    }
    const inside = joined(folder, path);
    try {
      levels.push({ path, entries: (await entriesOf(inside)).values() });
    } catch (error) {
      if (!isKernelError(error, 'FileNotFound')) throw error;
      onVanished(inside);
    }
  }
}

async function entriesOf(folder: Buffer): Promise<Entry[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
    return found
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map((entry) => entryOf(entry.name, entry.isDirectory()))
      .sort((a, b) => a.key.compare(b.key));
  } catch (error) {
    throw fileError(error, folder, 'read the folder');
  }
}

function entryOf(name: Buffer, isFolder: boolean): Entry {
  return { name, isFolder, key: isFolder ? Buffer.concat([name, Buffer.from('/')]) : name };
}
