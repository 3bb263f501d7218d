// Guarantees:
// 1. A key that was answered is durable, its file 0600 in a folder of 0700.
// 2. The newest cannot be removed, so the next one always has an id that no other has had.
// 3. Reading changes nothing.

import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { KernelError, MAX_ROOT_KEYS } from '@tksm/abstractions';
import type { RootKey, RootKeys } from '@tksm/abstractions';
import { ed25519Key, ed25519KeyIfThere } from './ed25519-file.ts';
import { isMissing, nodeFileSystem, onDisk, syncFolder } from './file-system.ts';
import { KeyedTurns } from './keyed-turns.ts';

/** Where the root keys of a data folder lie. */
export const ROOT_KEYS_FOLDER = 'authority';
const FILE = /^root-([1-9][0-9]{0,8})\.key$/;
const UNREADABLE = 'the root keys could not be read';
const UNWRITABLE = 'the root keys could not be written';

export class DiskRootKeys implements RootKeys {
  readonly #folder: string;
  readonly #turns = new KeyedTurns<'write'>();

  constructor(dir: string) {
    this.#folder = path.resolve(dir, ROOT_KEYS_FOLDER);
  }

  list(): Promise<readonly RootKey[]> {
    return onDisk(UNREADABLE, async () => {
      const keys: RootKey[] = [];
      for (const id of await this.#ids()) {
        const key = await ed25519KeyIfThere(this.#fileOf(id));
        // It may have been removed since the folder was read.
        if (key !== undefined) keys.push(rootKeyOf(id, key));
      }
      return keys;
    });
  }

  newest(): Promise<RootKey> {
    return this.#write(async () => await this.#make((await this.#ids()).at(-1) ?? 1));
  }

  rotate(): Promise<RootKey> {
    return this.#write(async () => {
      const ids = await this.#ids();
      if (ids.length < MAX_ROOT_KEYS) return await this.#make((ids.at(-1) ?? 0) + 1);
      throw new KernelError('InvalidOperation', `there are ${ids.length} root keys, the most there may be`, {
        data: { keys: [...ids] },
        next: 'remove keys whose tokens have all expired',
      });
    });
  }

  remove(id: number): Promise<boolean> {
    return this.#write(async () => {
      const ids = await this.#ids();
      if (!ids.includes(id)) return false;
      if (ids.at(-1) === id) {
        throw new KernelError('InvalidOperation', `root key ${id} is the newest, which signs`, {
          data: { key: id },
          next: 'make a new one first',
        });
      }
      await nodeFileSystem.unlink(this.#fileOf(id));
      await syncFolder(nodeFileSystem, this.#folder);
      return true;
    });
  }

  #write<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take('write', () => onDisk(UNWRITABLE, work));
  }

  async #make(id: number): Promise<RootKey> {
    return rootKeyOf(id, await ed25519Key(this.#fileOf(id)));
  }

  #fileOf(id: number): string {
    return path.join(this.#folder, `root-${id}.key`);
  }

  async #ids(): Promise<readonly number[]> {
    const names = await nodeFileSystem.readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.flatMap((name) => rootKeyIdOf(name) ?? []).sort((a, b) => a - b);
  }
}

/** The id of the root key in a file of that folder; undefined when it holds none. */
export function rootKeyIdOf(file: string): number | undefined {
  const [, id] = FILE.exec(file) ?? [];
  return id === undefined ? undefined : Number(id);
}

function rootKeyOf(id: number, key: KeyObject): RootKey {
  const { d = '' } = key.export({ format: 'jwk' });
  return { id, seed: Buffer.from(d, 'base64url') };
}
