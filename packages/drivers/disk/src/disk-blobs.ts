// Guarantees:
// 1. A reference is given out only after the bytes, their name and the folders above it are flushed.
// 2. Under a name lies that content or nothing: files appear whole, by rename.
// 3. A write that fails leaves no file. What a crash leaves is removed before the next write.
// 4. Reading changes nothing on disk, and a reader never gets the last bytes of a damaged blob.
// Nothing is touched before the first call that needs it.

import { createHash } from 'node:crypto';
import type { Hash as Digest } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { hash, KernelError } from '@tksm/abstractions';
import type { BlobRef, BlobStore, Hash } from '@tksm/abstractions';
import { BlobFolders } from './blob-folders.ts';
import { isMissing, onDisk, storageError, syncFolder, writeAll } from './file-system.ts';
import type { FileSystem } from './file-system.ts';
import { KeyedTurns } from './keyed-turns.ts';

/** Bytes read at once, and so the most that is held back. */
const CHUNK_BYTES = 64 * 1024;

interface PartialFile {
  readonly file: string;
  readonly handle: FileHandle;
}

export class DiskBlobs implements BlobStore {
  readonly #fs: FileSystem;
  readonly #folders: BlobFolders;
  /** A write and a delete of one blob do not overlap: one would undo what the other has just promised. */
  readonly #turns = new KeyedTurns<Hash>();

  constructor(dir: string, fs: FileSystem) {
    this.#fs = fs;
    this.#folders = new BlobFolders(dir, fs);
  }

  async write(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<BlobRef> {
    const digest = createHash('sha256');
    let size = 0;
    let partial: PartialFile | undefined;
    try {
      for await (const chunk of content) {
        partial ??= await onDisk('a blob could not be created', () => this.#begin());
        const { handle } = partial;
        digest.update(chunk);
        size += chunk.length;
        await onDisk('a blob could not be written', () => writeAll(handle, chunk));
      }
      partial ??= await onDisk('a blob could not be created', () => this.#begin());
      const { handle, file } = partial;
      const name = hash(digest.digest('hex'));
      await this.#turns.take(name, () =>
        onDisk('a blob could not be kept', async () => {
          await handle.sync();
          await handle.close();
          await this.#keep(file, name);
        }),
      );
      return { hash: name, size };
    } catch (error) {
      if (partial !== undefined) await this.#abandon(partial);
      throw error;
    }
  }

  async *read(name: Hash): AsyncIterable<Uint8Array> {
    const handle = await this.#openForReading(name);
    try {
      const digest = createHash('sha256');
      let held: Uint8Array | undefined;
      for await (const chunk of chunksOf(handle, digest)) {
        if (held !== undefined) yield held;
        held = chunk;
      }
      if (digest.digest('hex') !== name) throw damaged(name);
      if (held !== undefined) yield held;
    } finally {
      await handle.close();
    }
  }

  async stat(name: Hash): Promise<BlobRef | undefined> {
    const file = this.#folders.fileOf(hash(name));
    try {
      return { hash: name, size: (await this.#fs.stat(file)).size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storageError(error, `the blob ${name} could not be looked at`);
    }
  }

  async delete(name: Hash): Promise<boolean> {
    const file = this.#folders.fileOf(hash(name));
    return this.#turns.take(name, async () => {
      try {
        await this.#fs.unlink(file);
        await syncFolder(this.#fs, path.dirname(file));
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw storageError(error, `the blob ${name} could not be deleted`);
      }
    });
  }

  async *list(): AsyncIterable<BlobRef> {
    for (const shard of (await this.#namesIn(this.#folders.blobs)).sort()) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const rest of (await this.#namesIn(path.join(this.#folders.blobs, shard))).sort()) {
        if (!/^[0-9a-f]{62}$/.test(rest)) continue;
        const ref = await this.stat(hash(shard + rest));
        if (ref !== undefined) yield ref;
      }
    }
  }

  async close(): Promise<void> {
    // No call leaves anything open.
  }

  async #begin(): Promise<PartialFile> {
    const file = await this.#folders.temporaryFile();
    return { file, handle: await this.#fs.open(file, 'wx') };
  }

  /** Gives a flushed file its name, unless the same bytes have it already; a damaged blob is replaced. */
  async #keep(file: string, name: Hash): Promise<void> {
    const shard = await this.#folders.shardFor(name);
    if (await this.#isIntact(name)) await this.#fs.unlink(file);
    else await this.#fs.rename(file, this.#folders.fileOf(name));
    // Also for a name found there: whoever gave it may have died before this.
    await syncFolder(this.#fs, shard);
  }

  /** Whether a blob can be read and is what its name says; one that cannot is as good as none. */
  async #isIntact(name: Hash): Promise<boolean> {
    try {
      for await (const chunk of this.read(name)) void chunk;
      return true;
    } catch {
      return false;
    }
  }

  async #abandon({ file, handle }: PartialFile): Promise<void> {
    // The first error is the one to tell; a file that stays is removed before the next write of a later process.
    await handle.close().catch(() => undefined);
    await this.#fs.unlink(file).catch(() => undefined);
  }

  async #openForReading(name: Hash): Promise<FileHandle> {
    try {
      return await this.#fs.open(this.#folders.fileOf(hash(name)), 'r');
    } catch (error) {
      if (!isMissing(error)) throw storageError(error, `the blob ${name} could not be opened`);
      throw new KernelError('BlobNotFound', `there is no blob ${name}`, { data: { hash: name } });
    }
  }

  async #namesIn(folder: string): Promise<string[]> {
    try {
      return await this.#fs.readdir(folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw storageError(error, 'the blobs could not be listed');
    }
  }
}

/** Reads a file to its end, each chunk in memory of its own, and adds it to the digest. */
async function* chunksOf(handle: FileHandle, digest: Digest): AsyncIterable<Uint8Array> {
  for (;;) {
    const { buffer, bytesRead } = await onDisk('a blob could not be read', () =>
      handle.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES),
    );
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    digest.update(chunk);
    yield chunk;
  }
}

function damaged(name: Hash): KernelError {
  return new KernelError('BlobDamaged', `the blob ${name} is damaged`, { data: { hash: name } });
}
