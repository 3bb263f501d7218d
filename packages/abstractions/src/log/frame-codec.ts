import { KernelError } from '../errors/kernel-error.ts';
import type { Hash, Instant, Position } from '../runtime/ids.ts';

/** Version of the frame's byte layout. A higher one in a log is `FormatTooNew`. */
export const FRAME_VERSION = 1;

/** Bytes before the payload. */
export const FRAME_HEADER_BYTES = 64;

const HASH_AT = 32;
const HASH_BYTES = 32;
const DIGITS = '0123456789abcdef';
/** Value of a hex digit, by its character code. */
const NIBBLES = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) NIBBLES[DIGITS.charCodeAt(digit)] = digit;

export interface FrameHeader {
  readonly position: Position;
  readonly count: number;
  readonly time: Instant;
  readonly epoch: number;
  readonly previousHash: Hash;
}

/**
 * Writes the header of a frame, all integers little-endian:
 *
 * | at | bytes | what |
 * |---|---|---|
 * | 0 | 1 | layout version, {@link FRAME_VERSION} |
 * | 1 | 3 | zero |
 * | 4 | 4 | number of events |
 * | 8 | 8 | position of the first event |
 * | 16 | 8 | time, ms since 1970 |
 * | 24 | 8 | epoch of the sequencer |
 * | 32 | 32 | hash of the frame before |
 *
 * A frame's bytes are this header and its payload. Its hash is SHA-256 of a zero byte and the frame's bytes: the leaf
 * hash of RFC 9162 §2.1.1, so that the chain and a Merkle tree over it need one hash.
 */
export function encodeFrameHeader(header: FrameHeader, into: Uint8Array): void {
  const view = new DataView(into.buffer, into.byteOffset, FRAME_HEADER_BYTES);
  view.setUint32(0, FRAME_VERSION, true);
  view.setUint32(4, header.count, true);
  setUint53(view, 8, header.position);
  setUint53(view, 16, header.time);
  setUint53(view, 24, header.epoch);
  writeHash(header.previousHash, into);
}

/**
 * Reads a header written by {@link encodeFrameHeader}.
 *
 * @throws KernelError `FormatTooNew` for a later layout, `LogDamaged` for impossible fields.
 */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader {
  if (bytes.length < FRAME_HEADER_BYTES) throw new KernelError('LogDamaged', 'a frame is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEADER_BYTES);
  const version = view.getUint32(0, true);
  if ((version & 0xff) > FRAME_VERSION && version <= 0xff) {
    throw new KernelError('FormatTooNew', `frame layout ${version} is newer than ${FRAME_VERSION}`, {
      data: { version },
    });
  }
  if (version !== FRAME_VERSION)
    throw new KernelError('LogDamaged', 'a frame has an impossible layout version');
  return {
    count: view.getUint32(4, true),
    position: getUint53(view, 8),
    time: getUint53(view, 16),
    epoch: getUint53(view, 24),
    previousHash: readHash(bytes),
  };
}

// By tables: a log is replayed at hundreds of thousands of frames a second, and each has a hash to convert.
function writeHash(hex: Hash, into: Uint8Array): void {
  for (let i = 0; i < HASH_BYTES; i++) {
    const high = NIBBLES[hex.charCodeAt(i * 2)] ?? 0;
    into[HASH_AT + i] = (high << 4) | (NIBBLES[hex.charCodeAt(i * 2 + 1)] ?? 0);
  }
}

function readHash(bytes: Uint8Array): Hash {
  const codes = new Array<number>(HASH_BYTES * 2);
  for (let i = 0; i < HASH_BYTES; i++) {
    const byte = bytes[HASH_AT + i] ?? 0;
    codes[i * 2] = DIGITS.charCodeAt(byte >> 4);
    codes[i * 2 + 1] = DIGITS.charCodeAt(byte & 15);
  }
  // 64 digits by construction.
  return String.fromCharCode(...codes) as Hash;
}

function setUint53(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

function getUint53(view: DataView, at: number): number {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (!Number.isSafeInteger(value)) throw new KernelError('LogDamaged', 'a frame has an impossible number');
  return value;
}
