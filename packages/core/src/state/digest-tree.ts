import { canonicalJson, hash } from '@tksm/abstractions';
import type { Hash, StoredValue } from '@tksm/abstractions';
import { hash as sha256 } from 'node:crypto';

/** Levels of nodes above the buckets, and children of a node: 65,536 buckets. */
export const DEPTH = 4;
export const WIDTH = 16;
export const HASH_BYTES = 32;
/** An entry in its bucket: SHA-256 of its key, then its digest. */
export const ENTRY_BYTES = 2 * HASH_BYTES;

const ROW_BYTES = WIDTH * HASH_BYTES;
const BUCKETS = WIDTH ** DEPTH;
const EMPTY = Buffer.alloc(0);
const EMPTY_ROW = Buffer.alloc(ROW_BYTES);

export const keyHash = (key: string): Buffer => sha256('sha256', key, 'buffer');

/** The digest of an entry. */
export const entryDigest = (key: string, value: StoredValue): Buffer =>
  sha256('sha256', canonicalJson([key, value]), 'buffer');

/** The number of the bucket that a hashed key belongs to. */
export const bucketOf = (hashed: Buffer): number => hashed.readUInt16BE(0);

/**
 * The tree of ADR 0008, kept. Guarantees:
 *
 * 1. The root depends on the entries alone, not on the order or the way in which they came.
 * 2. After a change, `root` hashes the buckets that changed and the nodes above them, nothing else.
 *
 * A kept entry takes 64 bytes and a quarter more where its bucket grew; the nodes take 2.2 MB once they are touched.
 */
export class DigestTree {
  /** Entries of each bucket, by the hashes of their keys; longer than `#counts` says, so that they can grow. */
  readonly #buckets = new Array<Buffer>(BUCKETS).fill(EMPTY);
  readonly #counts = new Uint32Array(BUCKETS);
  /** Digests of each level, from the root down to the buckets; zeros where there is nothing. */
  readonly #levels = Array.from({ length: DEPTH + 1 }, (_, level) =>
    Buffer.alloc(WIDTH ** level * HASH_BYTES),
  );
  readonly #stale = new Set<number>();
  #size = 0;

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  put(key: string, value: StoredValue): void {
    const hashed = keyHash(key);
    const place = bucketOf(hashed);
    let index = this.#find(place, hashed);
    if (index < 0) this.#open(place, (index = ~index), hashed);
    const digest = sha256('sha256', canonicalJson([key, value]));
    this.#buckets[place]?.write(digest, index * ENTRY_BYTES + HASH_BYTES, 'hex');
    this.#stale.add(place);
  }

  delete(key: string): void {
    const hashed = keyHash(key);
    const place = bucketOf(hashed);
    const index = this.#find(place, hashed);
    if (index < 0) return;
    const end = this.bucket(place).length;
    this.#buckets[place]?.copyWithin(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES, end);
    this.#counts[place] = end / ENTRY_BYTES - 1;
    this.#size -= 1;
    this.#stale.add(place);
  }

  root(): Hash {
    let stale: Iterable<number> = this.#stale;
    for (const place of stale) write(this.#levels[DEPTH], place, this.bucket(place), EMPTY);
    for (let level = DEPTH - 1; level >= 0; level--) {
      const above = new Set<number>();
      for (const node of stale) above.add(Math.floor(node / WIDTH));
      for (const node of above) write(this.#levels[level], node, this.row(level + 1, node), EMPTY_ROW);
      stale = above;
    }
    this.#stale.clear();
    return hash((this.#levels[0] ?? EMPTY).toString('hex'));
  }

  /** The bytes of a bucket: its entries by the hashes of their keys. */
  bucket(place: number): Buffer {
    return (this.#buckets[place] ?? EMPTY).subarray(0, (this.#counts[place] ?? 0) * ENTRY_BYTES);
  }

  /** Digests of the children that a node of the level above has. As of the last `root`. */
  row(level: number, node: number): Buffer {
    return (this.#levels[level] ?? EMPTY).subarray(node * ROW_BYTES, (node + 1) * ROW_BYTES);
  }

  /** Where an entry is in its bucket; when it is not there, the complement of where it belongs. */
  #find(place: number, hashed: Buffer): number {
    const bytes = this.#buckets[place] ?? EMPTY;
    let [low, high] = [0, this.#counts[place] ?? 0];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle * ENTRY_BYTES;
      const order = hashed.compare(bytes, at, at + HASH_BYTES);
      if (order === 0) return middle;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return ~low;
  }

  /** Makes place for an entry in its bucket. */
  #open(place: number, index: number, hashed: Buffer): void {
    const count = this.#counts[place] ?? 0;
    let bytes = this.#buckets[place] ?? EMPTY;
    if (bytes.length === count * ENTRY_BYTES) {
      const larger = Buffer.allocUnsafeSlow((count + Math.max(1, count >> 2)) * ENTRY_BYTES);
      bytes.copy(larger);
      this.#buckets[place] = bytes = larger;
    }
    bytes.copyWithin((index + 1) * ENTRY_BYTES, index * ENTRY_BYTES, count * ENTRY_BYTES);
    hashed.copy(bytes, index * ENTRY_BYTES);
    this.#counts[place] = count + 1;
    this.#size += 1;
  }
}

/** Writes a node's digest into its level: what is under it, hashed, or zeros when that is nothing. */
function write(level: Buffer | undefined, node: number, below: Buffer, nothing: Buffer): void {
  const at = node * HASH_BYTES;
  if (below.equals(nothing)) level?.fill(0, at, at + HASH_BYTES);
  else level?.write(sha256('sha256', below), at, 'hex');
}
