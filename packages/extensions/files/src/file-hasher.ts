import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, open, read } from 'node:fs';
import type { Signal } from '@tksm/abstractions';
import { BufferPool } from './buffer-pool.ts';
import { fileError, fileProblem } from './file-error.ts';
import { pathText } from './path-value.ts';

/** Files shorter than this take one read. */
const SMALL_BYTES = 65_536;
const LARGE_BYTES = 262_144;
/** A pipe in the place of a file must not block. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export interface FileDigest {
  /** In lower-case hex. */
  readonly sha256: string;
  /** Bytes read. */
  readonly size: number;
}

/**
 * SHA-256 of files. Guarantees: holds at most one buffer for each file in flight, keeps at most 64 small and 4 large
 * ones; closes every file it opens.
 *
 * A small file costs two trips to the thread pool. Closing and fstat do not wait for a disk.
 */
export class FileHasher {
  readonly #small = new BufferPool(SMALL_BYTES, 64);
  readonly #large = new BufferPool(LARGE_BYTES, 4);

  /**
   * @param onRead is told after each read how many bytes of how many are done
   * @throws KernelError `FileNotFound`, `FileUnreadable` (also for what is no regular file), `StorageFailed`,
   * `ResourcesExhausted`; the signal's reason
   */
  async digest(
    path: Buffer,
    signal: Signal,
    onRead: (done: number, total: number) => void,
  ): Promise<FileDigest> {
    const file = await opened(path);
    const first = this.#small.take();
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) throw fileProblem('FileUnreadable', path, `${pathText(path)} is no regular file`);
      const size = await readInto(file, first, path);
      const isWhole = size === 0 || (size < first.length && size === stats.size);
      if (isWhole) return { sha256: hash('sha256', first.subarray(0, size), 'hex'), size };
      return await this.#digestRest(file, path, first.subarray(0, size), signal, (done) =>
        onRead(done, Math.max(done, stats.size)),
      );
    } finally {
      this.#small.put(first);
      closeSync(file);
    }
  }

  async #digestRest(
    file: number,
    path: Buffer,
    first: Buffer,
    signal: Signal,
    onRead: (done: number) => void,
  ): Promise<FileDigest> {
    const buffer = this.#large.take();
    try {
      const digest = createHash('sha256').update(first);
      let size = first.length;
      for (;;) {
        onRead(size);
        signal.throwIfAborted();
        const bytes = await readInto(file, buffer, path);
        if (bytes === 0) return { sha256: digest.digest('hex'), size };
        digest.update(buffer.subarray(0, bytes));
        size += bytes;
      }
    } finally {
      this.#large.put(buffer);
    }
  }
}

async function opened(path: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, FLAGS, (error, file) =>
      error === null ? resolve(file) : reject(fileError(error, path, 'open')),
    );
  });
}

async function readInto(file: number, buffer: Buffer, path: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, buffer, 0, buffer.length, null, (error, bytes) =>
      error === null ? resolve(bytes) : reject(fileError(error, path, 'read')),
    );
  });
}
