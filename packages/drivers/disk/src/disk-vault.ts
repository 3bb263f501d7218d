// Guarantees:
// 1. What a call has answered for is flushed, with its name and the folders above it. Files appear whole, by rename.
// 2. An erasure is noted durably before it destroys anything: key overwritten, flushed and removed, then the bodies.
//    Whatever it was stopped at, `erase` again ends it.
// 3. Folders are 0700 and files 0600. Reading changes nothing.
// All files of a subject lie in one folder, half-written ones included, so that nothing of it is left elsewhere.

import { createHash } from 'node:crypto';
import path from 'node:path';
import { hash, KernelError } from '@tksm/abstractions';
import type { Hash, Vault, VaultSubject } from '@tksm/abstractions';
import { isMissing, makeFolder, onDisk, syncFolder, writeAll } from './file-system.ts';
import type { FileSystem } from './file-system.ts';
import { KeyedTurns } from './keyed-turns.ts';

const SECRET = 'secret';
const KEY = 'key';
const ERASING = 'erasing';
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const HASH = /^[0-9a-f]{64}$/;
const UNWRITABLE = 'the vault could not be written';
/** SHA-256 after a key, so that a changed one is not taken for another. Bodies have their own seal. */
const CHECKSUM_BYTES = 32;

export class DiskVault implements Vault {
  readonly #fs: FileSystem;
  readonly #folder: string;
  /** What is kept and what is erased of one subject does not overlap. */
  readonly #turns = new KeyedTurns<string>();

  constructor(dir: string, fs: FileSystem) {
    this.#fs = fs;
    this.#folder = path.resolve(dir, 'vault');
  }

  secret(fresh?: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#turns.take(SECRET, async () => {
      const file = path.join(this.#folder, SECRET);
      const secret = keyIn(await this.#read(file), file);
      if (secret !== undefined || fresh === undefined) return secret;
      await onDisk(UNWRITABLE, () => this.#keep(this.#folder, SECRET, withChecksum(fresh)));
      return fresh;
    });
  }

  key(subject: Hash, fresh?: Uint8Array): Promise<Uint8Array | undefined> {
    const folder = this.#folderOf(subject);
    return this.#turns.take(subject, async () => {
      const file = path.join(folder, KEY);
      const bytes = await this.#read(file);
      // What an erasure left of a key is none.
      if (bytes !== undefined && !(await this.erasing()).includes(subject)) return keyIn(bytes, file);
      if (fresh === undefined) return undefined;
      await this.#refuseErasing(subject);
      await onDisk(UNWRITABLE, () => this.#keep(folder, KEY, withChecksum(fresh)));
      return fresh;
    });
  }

  put(subject: Hash, name: Hash, body: Uint8Array): Promise<void> {
    const folder = this.#folderOf(subject);
    return this.#turns.take(subject, async () => {
      await this.#refuseErasing(subject);
      if ((await this.#read(path.join(folder, hash(name)))) !== undefined) return;
      await onDisk(UNWRITABLE, () => this.#keep(folder, name, body));
    });
  }

  get(subject: Hash, name: Hash): Promise<Uint8Array | undefined> {
    return this.#read(path.join(this.#folderOf(subject), hash(name)));
  }

  erase(subject: Hash): Promise<number> {
    const folder = this.#folderOf(subject);
    return this.#turns.take(subject, () =>
      onDisk('a subject could not be erased', async () => {
        await this.#keep(path.join(this.#folder, ERASING), subject, new Uint8Array());
        const names = await this.#namesIn(folder);
        for (const name of names.filter((each) => each.startsWith(KEY))) {
          await this.#overwrite(path.join(folder, name));
        }
        if (names.some((each) => each.startsWith(KEY))) await syncFolder(this.#fs, folder);
        const bodies = names.filter((each) => !each.startsWith(KEY));
        for (const name of bodies) await this.#fs.unlink(path.join(folder, name));
        if (names.length > 0) await syncFolder(this.#fs, folder);
        await this.#fs.rmdir(folder).catch(unlessMissing);
        await syncFolder(this.#fs, this.#folder);
        return bodies.filter((each) => HASH.test(each)).length;
      }),
    );
  }

  async erasing(): Promise<readonly Hash[]> {
    const names = await onDisk('the vault could not be listed', () =>
      this.#namesIn(path.join(this.#folder, ERASING)),
    );
    return names.filter((name) => HASH.test(name)).sort() as Hash[];
  }

  settle(subject: Hash): Promise<void> {
    const folder = path.join(this.#folder, ERASING);
    return this.#turns.take(subject, () =>
      onDisk('an erasure could not be settled', async () => {
        await this.#fs.unlink(path.join(folder, hash(subject))).catch(unlessMissing);
        await syncFolder(this.#fs, folder).catch(unlessMissing);
      }),
    );
  }

  async *list(): AsyncIterable<VaultSubject> {
    const names = await onDisk('the vault could not be listed', () => this.#namesIn(this.#folder));
    for (const name of names.filter((each) => HASH.test(each)).sort()) {
      const inside = await onDisk('the vault could not be listed', () =>
        this.#namesIn(path.join(this.#folder, name)),
      );
      yield { subject: hash(name), bodies: inside.filter((each) => HASH.test(each)).length };
    }
  }

  async close(): Promise<void> {
    // No call leaves anything open.
  }

  #folderOf(subject: Hash): string {
    return path.join(this.#folder, hash(subject));
  }

  async #refuseErasing(subject: Hash): Promise<void> {
    if (!(await this.erasing()).includes(subject)) return;
    throw new KernelError('ErasureUnderWay', `subject ${subject} is being erased`, { data: { subject } });
  }

  async #keep(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    await makeFolder(this.#fs, folder, FOLDER_MODE);
    await syncFolder(this.#fs, path.dirname(folder));
    // One process writes, and one at a time of a subject: what lies there is of a process that died.
    const partial = path.join(folder, `${name}.tmp`);
    const handle = await this.#fs.open(partial, 'w', FILE_MODE);
    try {
      await writeAll(handle, bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#fs.rename(partial, path.join(folder, name));
    await syncFolder(this.#fs, folder);
  }

  async #overwrite(file: string): Promise<void> {
    const handle = await this.#fs.open(file, 'r+');
    try {
      await writeAll(handle, new Uint8Array((await handle.stat()).size));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#fs.unlink(file);
  }

  async #read(file: string): Promise<Uint8Array | undefined> {
    try {
      const handle = await this.#fs.open(file, 'r');
      try {
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (isMissing(error)) return undefined;
      return await onDisk('the vault could not be read', () => Promise.reject(error as Error));
    }
  }

  async #namesIn(folder: string): Promise<string[]> {
    return await this.#fs.readdir(folder).catch((error: unknown) => {
      unlessMissing(error);
      return [];
    });
  }
}

function withChecksum(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, checksumOf(key)]);
}

/** @throws KernelError `VaultDamaged` */
function keyIn(bytes: Uint8Array | undefined, file: string): Uint8Array | undefined {
  if (bytes === undefined) return undefined;
  const key = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES));
  if (checksumOf(key).equals(bytes.subarray(key.length))) return key;
  throw new KernelError('VaultDamaged', `${file} is not as it was written`, { data: { file } });
}

function checksumOf(key: Uint8Array): Buffer {
  return createHash('sha256').update(key).digest();
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
