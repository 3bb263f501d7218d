import { hash as sha } from 'node:crypto';
// The driver's checksum is CRC-32C; this one is native, and as good against a simulated disk.
import { crc32 } from 'node:zlib';
import { decodeFrameHeader, encodeFrameHeader, FRAME_HEADER_BYTES, isKernelError } from '@tksm/abstractions';
import type { Frame, FrameDraft, Hash, LogHead } from '@tksm/abstractions';

/** Checksum and length before each frame. */
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;

/** Largest payload of the simulated log. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** Bytes that a frame takes on disk. */
export function storedBytes(frameBytes: number): number {
  return Math.ceil((PREFIX_BYTES + frameBytes) / ALIGNMENT) * ALIGNMENT;
}

/** A frame as `drivers/segments` stores it. */
export function encodeStored(
  draft: FrameDraft,
  head: LogHead,
): { readonly stored: Buffer; readonly head: LogHead } {
  const payload = Buffer.from(draft.payload);
  const frameBytes = FRAME_HEADER_BYTES + payload.length;
  const stored = Buffer.alloc(storedBytes(frameBytes));
  const { count, time, epoch } = draft;
  const header = { count, time, epoch, position: head.position, previousHash: head.hash };
  encodeFrameHeader(header, stored.subarray(PREFIX_BYTES));
  payload.copy(stored, PREFIX_BYTES + FRAME_HEADER_BYTES);
  stored.writeUInt32LE(frameBytes, 4);
  stored.writeUInt32LE(crc32(stored.subarray(4)), 0);
  const hash = frameHash(stored, 0, frameBytes);
  return { stored, head: { position: head.position + count, hash, epoch, time } };
}

export type Reading =
  | { readonly kind: 'frame'; readonly frame: Frame; readonly bytes: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'bad'; readonly why: string };

/** What stands at a place, as the frame that follows `before`. `chained: false` plants the bug of not looking. */
export function readStored(bytes: Buffer, at: number, before: LogHead, chained = true): Reading {
  if (bytes.length - at < PREFIX_BYTES) return { kind: 'nothing' };
  const length = bytes.readUInt32LE(at + 4);
  if (length === 0) return bytes.readUInt32LE(at) === 0 ? { kind: 'nothing' } : bad('its length is zero');
  if (length < FRAME_HEADER_BYTES || at + storedBytes(length) > bytes.length)
    return bad('its length is impossible');
  const stored = bytes.subarray(at, at + storedBytes(length));
  if (crc32(stored.subarray(4)) !== stored.readUInt32LE(0)) return bad('its checksum is wrong');
  try {
    const { position, count, time, epoch, previousHash } = decodeFrameHeader(stored.subarray(PREFIX_BYTES));
    if (chained && position !== before.position) return bad(`it says position ${position}`);
    if (chained && previousHash !== before.hash) return bad('it does not continue the chain');
    if (chained && epoch < before.epoch) return bad('its epoch is lower than the one before');
    const hash = frameHash(stored, 0, length);
    const payload = stored.subarray(PREFIX_BYTES + FRAME_HEADER_BYTES, PREFIX_BYTES + length);
    const frame = { position, count, time, epoch, previousHash, hash, payload };
    return { kind: 'frame', frame, bytes: stored.length };
  } catch (error) {
    if (isKernelError(error, 'LogDamaged') || isKernelError(error, 'FormatTooNew'))
      return bad('its header is impossible');
    throw error;
  }
}

/** Whether a whole frame, of whatever chain, stands anywhere from a place on. */
export function hasFrameFrom(bytes: Buffer, from: number): boolean {
  for (let at = from; at + PREFIX_BYTES + FRAME_HEADER_BYTES <= bytes.length; at += ALIGNMENT) {
    if (bytes.readUInt32LE(at + 4) === 0) continue;
    const nowhere = { position: 0, hash: '' as Hash, epoch: 0, time: 0 };
    if (readStored(bytes, at, nowhere, false).kind === 'frame') return true;
  }
  return false;
}

export function headAfter({ position, count, hash, epoch, time }: Frame): LogHead {
  return { position: position + count, hash, epoch, time };
}

function frameHash(stored: Buffer, at: number, length: number): Hash {
  const leaf = Buffer.alloc(length + 1);
  stored.copy(leaf, 1, at + PREFIX_BYTES, at + PREFIX_BYTES + length);
  return sha('sha256', leaf, 'hex') as Hash;
}

function bad(why: string): Reading {
  return { kind: 'bad', why };
}
