// Guarantees those of BlobStore, except that nothing survives the process.

import { createHash, hash as sha256 } from 'node:crypto';
import { hash, KernelError } from '@tksm/abstractions';
import type { BlobRef, BlobStore, Hash } from '@tksm/abstractions';

/** Bytes given at once to a reader. */
const CHUNK_BYTES = 64 * 1024;

/** A BlobStore that a test can damage. */
export interface MemoryBlobStore extends BlobStore {
  /** Flips one bit of a stored blob that is not empty. @throws KernelError `BlobNotFound` */
  corrupt(hash: Hash): void;
}

/** A blob store in memory. */
export function createMemoryBlobStore(): MemoryBlobStore {
  return new Blobs();
}

class Blobs implements MemoryBlobStore {
  readonly #blobs = new Map<Hash, Uint8Array>();

  async write(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<BlobRef> {
    const digest = createHash('sha256');
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) {
      // The caller may reuse its buffer.
      chunks.push(chunk.slice());
      digest.update(chunk);
    }
    const name = hash(digest.digest('hex'));
    const bytes = new Uint8Array(Buffer.concat(chunks));
    if (!this.#blobs.has(name)) this.#blobs.set(name, bytes);
    return { hash: name, size: bytes.length };
  }

  async *read(name: Hash): AsyncIterable<Uint8Array> {
    const bytes = this.#blobs.get(name);
    if (bytes === undefined) throw notFound(name);
    if (sha256('sha256', bytes, 'hex') !== name) {
      throw new KernelError('BlobDamaged', `the blob ${name} is damaged`, { data: { hash: name } });
    }
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.slice(at, at + CHUNK_BYTES);
  }

  async stat(name: Hash): Promise<BlobRef | undefined> {
    const bytes = this.#blobs.get(name);
    return bytes === undefined ? undefined : { hash: name, size: bytes.length };
  }

  async delete(name: Hash): Promise<boolean> {
    return this.#blobs.delete(name);
  }

  async *list(): AsyncIterable<BlobRef> {
    for (const [name, bytes] of this.#blobs) yield { hash: name, size: bytes.length };
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }

  corrupt(name: Hash): void {
    const bytes = this.#blobs.get(name);
    if (bytes === undefined) throw notFound(name);
    const at = bytes.length >>> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  }
}

function notFound(name: Hash): KernelError {
  return new KernelError('BlobNotFound', `there is no blob ${name}`, { data: { hash: name } });
}
