import { crc32 } from 'node:zlib';

/** CRC32 over a row's id, parent and body: a row that is not as it was written is noticed. */
export function rowSum(id: Uint8Array, parent: Uint8Array | null, body: Uint8Array): number {
  const keys = crc32(id);
  return crc32(body, parent === null ? keys : crc32(parent, keys));
}
