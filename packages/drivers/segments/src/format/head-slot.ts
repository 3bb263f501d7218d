import { crc32c } from './crc32c.ts';
import { FORMAT_VERSION } from './layout.ts';

const MAGIC = 0x44484b54; // "TKHD"
const CHECKED_FROM = 8;

/** Bytes of one slot. */
export const HEAD_SLOT_BYTES = 96;
/** HEAD has two slots this far apart, written in turn: on pages of their own, so that one write never harms both. */
export const HEAD_SLOT_DISTANCE = 4096;
export const HEAD_FILE_BYTES = 2 * HEAD_SLOT_DISTANCE;

/** How far the log was flushed, and where that is. */
export interface HeadMark {
  /** Number of events flushed. */
  readonly position: number;
  readonly time: number;
  readonly epoch: number;
  /** Hash of the last frame flushed, as hex. */
  readonly hash: string;
  /** First position of the segment that holds the last frame. */
  readonly segment: number;
  /** Where in that segment the next frame begins. */
  readonly offset: number;
}

export function encodeHeadSlot(mark: HeadMark, into: Buffer): void {
  into.writeUInt32LE(MAGIC, 0);
  into.writeUInt32LE(FORMAT_VERSION, 8);
  into.writeUInt32LE(0, 12);
  into.writeBigUInt64LE(BigInt(mark.position), 16);
  into.writeBigUInt64LE(BigInt(mark.time), 24);
  into.writeBigUInt64LE(BigInt(mark.epoch), 32);
  into.writeBigUInt64LE(BigInt(mark.segment), 40);
  into.writeBigUInt64LE(BigInt(mark.offset), 48);
  into.write(mark.hash, 56, 'hex');
  into.fill(0, 88, HEAD_SLOT_BYTES);
  into.writeUInt32LE(crc32c(into, CHECKED_FROM, HEAD_SLOT_BYTES), 4);
}

/** The mark in a slot; undefined when it was never written, or torn, or damaged. */
function decodeHeadSlot(slot: Buffer): HeadMark | undefined {
  if (slot.length < HEAD_SLOT_BYTES || slot.readUInt32LE(0) !== MAGIC) return undefined;
  if (slot.readUInt32LE(4) !== crc32c(slot, CHECKED_FROM, HEAD_SLOT_BYTES)) return undefined;
  if (slot.readUInt32LE(8) !== FORMAT_VERSION) return undefined;
  return {
    position: Number(slot.readBigUInt64LE(16)),
    time: Number(slot.readBigUInt64LE(24)),
    epoch: Number(slot.readBigUInt64LE(32)),
    segment: Number(slot.readBigUInt64LE(40)),
    offset: Number(slot.readBigUInt64LE(48)),
    hash: slot.toString('hex', 56, 88),
  };
}

/** Whether a HEAD file is as it was left to its last bit: each slot is whole or was never written, all else is zero. */
export function isPristine(file: Buffer): boolean {
  if (file.length !== HEAD_FILE_BYTES) return false;
  const rest = Buffer.from(file);
  for (const at of [0, HEAD_SLOT_DISTANCE]) {
    if (decodeHeadSlot(rest.subarray(at, at + HEAD_SLOT_BYTES)) !== undefined)
      rest.fill(0, at, at + HEAD_SLOT_BYTES);
  }
  return rest.equals(Buffer.alloc(HEAD_FILE_BYTES));
}

/** The newest mark of a HEAD file, and the slot it is in. */
export function newestMark(file: Buffer): { readonly mark: HeadMark; readonly slot: 0 | 1 } | undefined {
  const first = decodeHeadSlot(file.subarray(0, HEAD_SLOT_BYTES));
  const second = decodeHeadSlot(file.subarray(HEAD_SLOT_DISTANCE, HEAD_SLOT_DISTANCE + HEAD_SLOT_BYTES));
  if (second !== undefined && (first === undefined || second.position > first.position)) {
    return { mark: second, slot: 1 };
  }
  return first === undefined ? undefined : { mark: first, slot: 0 };
}
