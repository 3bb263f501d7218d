// Guarantees:
// 1. A snapshot appears under its name only when its bytes are flushed, and its name is flushed before `write` answers.
// 2. A write that fails leaves no file. What a crash leaves is removed by the next write.
// 3. Reading and listing change nothing on disk.

import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Position, SnapshotStore } from '@tksm/abstractions';
import { isMissing, makeFolder, onDisk, storageError, syncFolder, writeAll } from './file-system.ts';
import type { FileSystem } from './file-system.ts';

/** Bytes read at once. */
const CHUNK_BYTES = 1024 * 1024;
const NAME = /^(\d{20})\.snap$/;
const TEMPORARY = /^\d{20}\.snap\.tmp$/;

export class DiskSnapshots implements SnapshotStore {
  readonly #folder: string;
  readonly #fs: FileSystem;

  constructor(folder: string, fs: FileSystem) {
    this.#folder = folder;
    this.#fs = fs;
  }

  async write(position: Position, content: AsyncIterable<Uint8Array>): Promise<void> {
    const file = this.#fileOf(position);
    const temporary = `${file}.tmp`;
    const handle = await onDisk('a snapshot could not be created', () => this.#create(temporary));
    try {
      for await (const chunk of content) {
        await onDisk('a snapshot could not be written', () => writeAll(handle, chunk));
      }
      await onDisk('a snapshot could not be kept', async () => {
        await handle.sync();
        await handle.close();
        await this.#fs.rename(temporary, file);
        await syncFolder(this.#fs, this.#folder);
      });
    } catch (error) {
      // The first error is the one to tell; a file that stays is removed by the next write.
      await handle.close().catch(() => undefined);
      await this.#fs.unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  async *read(position: Position): AsyncIterable<Uint8Array> {
    const handle = await this.#fs.open(this.#fileOf(position), 'r').catch((error: unknown) => {
      if (!isMissing(error)) throw storageError(error, `the snapshot at ${position} could not be opened`);
      const message = `there is no snapshot at ${position}`;
      throw new KernelError('SnapshotNotFound', message, { data: { position } });
    });
    try {
      for (;;) {
        const { buffer, bytesRead } = await onDisk('a snapshot could not be read', () =>
          handle.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES),
        );
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  async list(): Promise<readonly Position[]> {
    const names = await this.#names();
    const positions = names.flatMap((name) => NAME.exec(name)?.[1] ?? []);
    return positions.map(Number).sort((a, b) => b - a);
  }

  async delete(position: Position): Promise<boolean> {
    try {
      await this.#fs.unlink(this.#fileOf(position));
      await syncFolder(this.#fs, this.#folder);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw storageError(error, `the snapshot at ${position} could not be deleted`);
    }
  }

  async #create(temporary: string) {
    await makeFolder(this.#fs, this.#folder);
    await syncFolder(this.#fs, path.dirname(this.#folder));
    for (const name of await this.#names()) {
      if (TEMPORARY.test(name)) await this.#fs.unlink(path.join(this.#folder, name));
    }
    return await this.#fs.open(temporary, 'wx');
  }

  async #names(): Promise<string[]> {
    try {
      return await this.#fs.readdir(this.#folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw storageError(error, 'the snapshots could not be listed');
    }
  }

  #fileOf(position: Position): string {
    return path.join(this.#folder, `${String(position).padStart(20, '0')}.snap`);
  }
}
