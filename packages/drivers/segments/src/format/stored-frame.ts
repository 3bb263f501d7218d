import { hash as sha } from 'node:crypto';
import { decodeFrameHeader, FRAME_HEADER_BYTES, isKernelError } from '@tksm/abstractions';
import type { Frame, FrameHeader, Hash, LogHead } from '@tksm/abstractions';
import { crc32c } from './crc32c.ts';
import { MAX_FRAME_BYTES, PREFIX_BYTES, storedBytes } from './layout.ts';

/** What stands at a place where a frame may begin. */
export type Reading =
  | { readonly kind: 'frame'; readonly frame: Frame }
  /** Zeros: nothing was written here, or nothing of it reached the disk. */
  | { readonly kind: 'nothing' }
  /** It goes on after what was read; so many bytes are needed. */
  | { readonly kind: 'cut-off'; readonly needed: number }
  /** Not a frame that could follow. */
  | { readonly kind: 'bad'; readonly why: string };

const NOTHING: Reading = { kind: 'nothing' };
const MAX_STORED_LENGTH = FRAME_HEADER_BYTES + MAX_FRAME_BYTES;

/**
 * SHA-256 over a zero byte, which is the last of the prefix, and the frame's bytes.
 */
function frameHash(stored: Uint8Array, at: number, length: number): Hash {
  return sha('sha256', stored.subarray(at + PREFIX_BYTES - 1, at + PREFIX_BYTES + length), 'hex') as Hash;
}

/** Checksum over the length, the frame's bytes and the zeros after them. */
export function frameChecksum(stored: Uint8Array, at: number, length: number): number {
  return crc32c(stored, at + 4, at + storedBytes(length));
}

/** Reads and checks what is stored at `at`, as the frame that follows `before`. The payload is not copied. */
export function readStoredFrame(bytes: Buffer, at: number, before: LogHead): Reading {
  if (bytes.length - at < PREFIX_BYTES) return { kind: 'cut-off', needed: PREFIX_BYTES };
  const checksum = bytes.readUInt32LE(at);
  const length = bytes.readUInt32LE(at + 4);
  if (length === 0) return checksum === 0 ? NOTHING : { kind: 'bad', why: 'its length is zero' };
  if (length < FRAME_HEADER_BYTES || length > MAX_STORED_LENGTH)
    return { kind: 'bad', why: 'its length is impossible' };
  const begin = at + PREFIX_BYTES;
  const end = begin + length;
  const needed = storedBytes(length);
  if (at + needed > bytes.length) return { kind: 'cut-off', needed };
  if (frameChecksum(bytes, at, length) !== checksum) return { kind: 'bad', why: 'its checksum is wrong' };
  const header = headerOf(bytes.subarray(begin, begin + FRAME_HEADER_BYTES));
  if (header === undefined) return { kind: 'bad', why: 'its header is impossible' };
  const why = misfit(header, before);
  if (why !== undefined) return { kind: 'bad', why };
  const { position, count, time, epoch } = header;
  return {
    kind: 'frame',
    frame: {
      position,
      count,
      time,
      epoch,
      previousHash: before.hash,
      hash: frameHash(bytes, at, length),
      payload: bytes.subarray(begin + FRAME_HEADER_BYTES, end),
    },
  };
}

function headerOf(bytes: Uint8Array): FrameHeader | undefined {
  try {
    return decodeFrameHeader(bytes);
  } catch (error) {
    if (isKernelError(error, 'LogDamaged')) return undefined;
    throw error;
  }
}

function misfit(header: FrameHeader, before: LogHead): string | undefined {
  if (header.position !== before.position) return `it says position ${header.position}`;
  if (header.previousHash !== before.hash) return 'it does not continue the chain';
  if (header.count === 0) return 'it has no events';
  if (header.epoch < before.epoch) return 'its epoch is lower than the one before';
  return undefined;
}

/** The head of a log that ends with this frame. */
export function headAfter(frame: Frame): LogHead {
  const { position, count, hash, epoch, time } = frame;
  return { position: position + count, hash, epoch, time };
}
