import { decodeFrameHeader, FRAME_HEADER_BYTES } from '@tksm/abstractions';
import type { OpenFile } from '../files/file-layer.ts';
import { readFully } from '../files/transfer.ts';
import { frameChecksum } from '../format/stored-frame.ts';
import { ALIGNMENT, MAX_FRAME_BYTES, PREFIX_BYTES, storedBytes } from '../format/layout.ts';

const READ_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(READ_BYTES);

/** What stands after the last frame that could be read. */
export interface TailBytes {
  /** Bytes from there to the last one that is not zero. */
  readonly written: number;
  /** Where a whole frame stands. It was begun only after the frame before it was flushed. */
  readonly laterFrameAt: number | undefined;
}

/** Looks at the bytes of a segment from `offset` to its end, in constant memory. */
export function inspectTail(file: OpenFile, offset: number): TailBytes {
  const buffer = Buffer.alloc(READ_BYTES + PREFIX_BYTES + FRAME_HEADER_BYTES);
  let written = 0;
  let laterFrameAt: number | undefined;
  for (let at = offset; ; at += READ_BYTES) {
    const bytes = readFully(file, buffer, at);
    if (bytes.length === 0) return { written, laterFrameAt };
    const own = bytes.subarray(0, READ_BYTES);
    if (own.equals(ZEROS.subarray(0, own.length))) continue;
    written = at + lengthWithoutZeros(own) - offset;
    laterFrameAt ??= findFrame(file, bytes, at);
  }
}

function lengthWithoutZeros(bytes: Buffer): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}

function findFrame(file: OpenFile, bytes: Buffer, base: number): number | undefined {
  const candidates = Math.min(READ_BYTES, bytes.length - PREFIX_BYTES - FRAME_HEADER_BYTES + 1);
  for (let at = 0; at < candidates; at += ALIGNMENT) {
    const length = bytes.readUInt32LE(at + 4);
    if (length < FRAME_HEADER_BYTES || length > FRAME_HEADER_BYTES + MAX_FRAME_BYTES) continue;
    if (!hasPossibleHeader(bytes.subarray(at + PREFIX_BYTES))) continue;
    if (isWhole(file, base + at, length)) return base + at;
  }
  return undefined;
}

function hasPossibleHeader(bytes: Buffer): boolean {
  try {
    return decodeFrameHeader(bytes).count > 0;
  } catch {
    return false;
  }
}

function isWhole(file: OpenFile, offset: number, length: number): boolean {
  const needed = storedBytes(length);
  const stored = readFully(file, Buffer.allocUnsafeSlow(needed), offset);
  return stored.length === needed && frameChecksum(stored, 0, length) === stored.readUInt32LE(0);
}
