/** Castagnoli's polynomial, reflected. */
const POLYNOMIAL = 0x82f63b78;
/** Bytes taken at once. */
const SLICES = 16;

// Table k, at k * 256, holds the checksum of a byte followed by k zero bytes ("slicing by 16", after Kounavis and Berry,
// "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation", 2008).
const TABLE = new Int32Array(SLICES * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  TABLE[byte] = crc;
}
for (let at = 256; at < TABLE.length; at++) {
  const before = lookUp(at - 256);
  TABLE[at] = (before >>> 8) ^ lookUp(before & 255);
}

function lookUp(at: number): number {
  return TABLE[at] as number; // Every index is a byte plus a multiple of 256 below SLICES: inside the table.
}

/** CRC-32C (RFC 3720 §B.4) of `bytes` from `from` up to `to`. Fast when `from` lies on a multiple of 4 in memory. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1;
  let at = from;
  if (((bytes.byteOffset + from) & 3) === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, (to - from) >>> 2);
    const sliced = words.length & ~3;
    for (let i = 0; i < sliced; i += 4) crc = sixteenBytes(crc, words, i);
    at = from + sliced * 4;
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ lookUp((crc ^ (bytes[at] as number)) & 255);
  return ~crc >>> 0;
}

function sixteenBytes(crc: number, words: Int32Array, at: number): number {
  const a = crc ^ (words[at] as number);
  const b = words[at + 1] as number;
  const c = words[at + 2] as number;
  const d = words[at + 3] as number;
  return (
    lookUp(0xf00 + (a & 255)) ^
    lookUp(0xe00 + ((a >>> 8) & 255)) ^
    lookUp(0xd00 + ((a >>> 16) & 255)) ^
    lookUp(0xc00 + (a >>> 24)) ^
    lookUp(0xb00 + (b & 255)) ^
    lookUp(0xa00 + ((b >>> 8) & 255)) ^
    lookUp(0x900 + ((b >>> 16) & 255)) ^
    lookUp(0x800 + (b >>> 24)) ^
    lookUp(0x700 + (c & 255)) ^
    lookUp(0x600 + ((c >>> 8) & 255)) ^
    lookUp(0x500 + ((c >>> 16) & 255)) ^
    lookUp(0x400 + (c >>> 24)) ^
    lookUp(0x300 + (d & 255)) ^
    lookUp(0x200 + ((d >>> 8) & 255)) ^
    lookUp(0x100 + ((d >>> 16) & 255)) ^
    lookUp(d >>> 24)
  );
}
