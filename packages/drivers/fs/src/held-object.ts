// Guarantees: everything done through a held object is done to the very object that was looked at. It is held by a
// descriptor that nothing was read from or written to yet, and is reached through that alone, never by a path again.

import { constants } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Holds an object without opening it, so that a pipe does not wait and a device does nothing. Source: open(2), Linux. */
export const O_PATH = 0o10000000;

export type ObjectType = 'file' | 'folder' | 'link' | 'other';

/** Something in the file system: which one it is, and a way to it that no rename can turn elsewhere. */
export class HeldObject {
  readonly #handle: FileHandle;
  readonly stats: BigIntStats;

  private constructor(handle: FileHandle, stats: BigIntStats) {
    this.#handle = handle;
    this.stats = stats;
  }

  /** Holds what a path leads to, links followed. For paths of the host alone. */
  static async at(path: string): Promise<HeldObject> {
    return HeldObject.#hold(path, O_PATH);
  }

  /** Holds what has a name in this folder; a link is held itself. */
  async entry(name: string): Promise<HeldObject> {
    return HeldObject.#hold(this.pathOf(name), O_PATH | constants.O_NOFOLLOW);
  }

  static async #hold(path: string, flags: number): Promise<HeldObject> {
    const handle = await open(path, flags);
    try {
      return new HeldObject(handle, await handle.stat({ bigint: true }));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get type(): ObjectType {
    return typeOf(this.stats);
  }

  get identity(): string {
    return identityOf(this.stats);
  }

  /** Tells a name in this folder from every other name in any folder. */
  keyOf(name: string): string {
    return entryKey(this.identity, name);
  }

  /** Leads to this very object. */
  get path(): string {
    return `/proc/self/fd/${this.#handle.fd}`;
  }

  /** Leads to what has a name in this folder. What is done with it must not follow a link there. */
  pathOf(name: string): string {
    return `${this.path}/${name}`;
  }

  /**
   * Opens this very object. Only what is a file or folder may be opened: see `type`. Does not wait for a process that holds
   * a lease on it: `EAGAIN`.
   */
  async open(flags: number): Promise<FileHandle> {
    return open(this.path, flags | constants.O_NONBLOCK);
  }

  /** Makes the names in this folder durable. */
  async flush(): Promise<void> {
    const handle = await this.open(constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Tells an object from every other that there is. */
export function identityOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/** Tells a name in a folder of that identity from every other name in any folder. */
export function entryKey(folder: string, name: string): string {
  return `${folder}/${name}`;
}

export function typeOf(stats: Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): ObjectType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}
