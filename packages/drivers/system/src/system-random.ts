// Guarantees: every byte comes from the operating system's generator and is given out once.
// Bytes are drawn in pools because one draw costs some microseconds, whatever its size.

import { randomFillSync } from 'node:crypto';
import type { Random } from '@tksm/abstractions';

/** Bytes drawn at once; a multiple of an id's and of a number's bytes. */
const POOL_BYTES = 16_384;
const ID_BYTES = 16;
const NUMBER_BYTES = 8;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

function take(bytes: number): number {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += bytes;
  return at;
}

/** Chance from the operating system. */
export const systemRandom: Random = Object.freeze({
  next(): number {
    const at = take(NUMBER_BYTES);
    return (pool.readUInt32LE(at) * 2 ** 21 + (pool.readUInt32LE(at + 4) >>> 11)) / 2 ** 53;
  },
  id(): string {
    const at = take(ID_BYTES);
    // A string of its own: a slice of a larger one would keep all of it in memory.
    return pool.toString('hex', at, at + ID_BYTES);
  },
});
