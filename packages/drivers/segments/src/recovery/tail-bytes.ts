import type { FileHandle } from 'node:fs/promises';
import { decodeFrameHeader, FRAME_HEADER_BYTES } from '@tksm/abstractions';
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
export async function inspectTail(file: FileHandle, offset: number): Promise<TailBytes> {
  const buffer = Buffer.alloc(READ_BYTES + PREFIX_BYTES + FRAME_HEADER_BYTES);
  let written = 0;
  let laterFrameAt: number | undefined;
  for (let at = offset; ; at += READ_BYTES) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return { written, laterFrameAt };
    const own = buffer.subarray(0, Math.min(bytesRead, READ_BYTES));
    if (own.equals(ZEROS.subarray(0, own.length))) continue;
    written = at + lengthWithoutZeros(own) - offset;
    laterFrameAt ??= await findFrame(file, buffer.subarray(0, bytesRead), at);
  }
}

function lengthWithoutZeros(bytes: Buffer): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}

async function findFrame(file: FileHandle, bytes: Buffer, base: number): Promise<number | undefined> {
  const candidates = Math.min(READ_BYTES, bytes.length - PREFIX_BYTES - FRAME_HEADER_BYTES + 1);
  for (let at = 0; at < candidates; at += ALIGNMENT) {
    const length = bytes.readUInt32LE(at + 4);
    if (length < FRAME_HEADER_BYTES || length > FRAME_HEADER_BYTES + MAX_FRAME_BYTES) continue;
    if (!hasPossibleHeader(bytes.subarray(at + PREFIX_BYTES))) continue;
    if (await isWhole(file, base + at, length)) return base + at;
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

async function isWhole(file: FileHandle, offset: number, length: number): Promise<boolean> {
  const stored = Buffer.allocUnsafeSlow(storedBytes(length));
  const { bytesRead } = await file.read(stored, 0, stored.length, offset);
  return bytesRead === stored.length && frameChecksum(stored, 0, length) === stored.readUInt32LE(0);
}
