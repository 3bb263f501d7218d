import { crc32 } from 'node:zlib';
import type { Hash, LogHead } from '@tksm/abstractions';

export const HEAD_FILE = 'HEAD';
const SLOT_BYTES = 96;
/** The two slots lie in different sectors: one torn write never harms both. */
const SLOT_DISTANCE = 4096;
export const HEAD_FILE_BYTES = 2 * SLOT_DISTANCE;

/** How far the log was flushed, and where that is. */
export interface HeadMark {
  readonly head: LogHead;
  readonly segment: number;
  readonly offset: number;
}

export interface FoundMark {
  readonly mark: HeadMark;
  readonly slot: 0 | 1;
}

export function encodeMark({ head, segment, offset }: HeadMark): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  for (const [index, number] of [head.position, head.time, head.epoch, segment, offset].entries()) {
    slot.writeBigUInt64LE(BigInt(number), 16 + index * 8);
  }
  slot.write(head.hash, 56, 'hex');
  slot.writeUInt32LE(crc32(slot.subarray(8)), 4);
  return slot;
}

export function slotOffset(slot: 0 | 1): number {
  return slot * SLOT_DISTANCE;
}

/** The newest mark of a HEAD file. */
export function newestMark(file: Buffer): FoundMark | undefined {
  const [first, second] = [decode(file, 0), decode(file, 1)];
  if (second !== undefined && (first === undefined || second.head.position > first.head.position)) {
    return { mark: second, slot: 1 };
  }
  return first === undefined ? undefined : { mark: first, slot: 0 };
}

function decode(file: Buffer, slot: 0 | 1): HeadMark | undefined {
  const bytes = file.subarray(slotOffset(slot), slotOffset(slot) + SLOT_BYTES);
  if (bytes.length < SLOT_BYTES || bytes.readUInt32LE(4) === 0) return undefined;
  if (crc32(bytes.subarray(8)) !== bytes.readUInt32LE(4)) return undefined;
  const [position = 0, time = 0, epoch = 0, segment = 0, offset = 0] = [0, 1, 2, 3, 4].map((index) =>
    Number(bytes.readBigUInt64LE(16 + index * 8)),
  );
  const hash = bytes.toString('hex', 56, 88) as Hash;
  return { head: { position, hash, epoch, time }, segment, offset };
}
