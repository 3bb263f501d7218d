// Guarantees: a folder that `shardFor` has answered exists durably. Each is made once, when it is first needed, and its
// name is flushed even when it was there, because a process may have died between the two.

import path from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Hash } from '@tksm/abstractions';
import { makeFolder, syncFolder } from './file-system.ts';
import type { FileSystem } from './file-system.ts';

/** Counts over all stores of the thread: one that was given up may still remove its file. */
let lastTemporary = 0;

/** The places of a store: `<dir>/blobs/ab/cdef…`, and `<dir>/blobs/tmp` for what is being written. */
export class BlobFolders {
  readonly blobs: string;
  readonly #fs: FileSystem;
  readonly #shards = new Map<string, Promise<void>>();
  #prepared: Promise<void> | undefined;

  constructor(dir: string, fs: FileSystem) {
    this.blobs = path.resolve(dir, 'blobs');
    this.#fs = fs;
  }

  shardOf(hash: Hash): string {
    return path.join(this.blobs, hash.slice(0, 2));
  }

  fileOf(hash: Hash): string {
    return path.join(this.shardOf(hash), hash.slice(2));
  }

  /** A path in the temporary folder that no other write has. */
  async temporaryFile(): Promise<string> {
    await this.#prepare();
    lastTemporary += 1;
    return path.join(this.#temporary, `${process.pid}-${threadId}-${lastTemporary}`);
  }

  /** The folder of a blob, which exists when this answers. */
  async shardFor(hash: Hash): Promise<string> {
    const shard = this.shardOf(hash);
    await once(this.#shards, shard, async () => {
      await makeFolder(this.#fs, shard);
      await syncFolder(this.#fs, this.blobs);
    });
    return shard;
  }

  get #temporary(): string {
    return path.join(this.blobs, 'tmp');
  }

  async #prepare(): Promise<void> {
    this.#prepared ??= this.#prepareOnce().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    await this.#prepared;
  }

  async #prepareOnce(): Promise<void> {
    await makeFolder(this.#fs, this.blobs);
    await syncFolder(this.#fs, path.dirname(this.blobs));
    await makeFolder(this.#fs, this.#temporary);
    // Only a writer comes here, and a data folder has one: what lies here is of a process that died.
    for (const name of await this.#fs.readdir(this.#temporary)) {
      await this.#fs.unlink(path.join(this.#temporary, name));
    }
  }
}

/** Runs work once per key; a failure is forgotten, so that the next call tries again. */
async function once(done: Map<string, Promise<void>>, key: string, work: () => Promise<void>): Promise<void> {
  let running = done.get(key);
  if (running === undefined) {
    running = work().catch((error: unknown) => {
      done.delete(key);
      throw error;
    });
    done.set(key, running);
  }
  await running;
}
