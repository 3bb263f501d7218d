// What stands on a platter, read as docs/adr/0002-frame-and-segment-format.md describes it, and believed as it stands: nothing
// is checked, so that what a careless log would read can be seen.

import path from 'node:path';
import type { SimDisk } from './sim-disk.ts';

const SEGMENT_HEADER_BYTES = 4096;
/** Checksum and length before each frame. */
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;
const HEAD_MAGIC = 0x44484b54;
const HEAD_SLOTS = [0, 4096] as const;

/** A frame with its prefix and its padding, and where it stands. */
export interface StoredFrame {
  readonly file: string;
  readonly at: number;
  /** The frame alone. */
  readonly frame: Buffer;
  readonly stored: Buffer;
}

/** The frames on a platter, in the order of their places. */
export function storedFrames(disk: SimDisk): StoredFrame[] {
  return disk.names().flatMap((file) => (file.endsWith('.seg') ? framesOf(disk, file) : []));
}

function framesOf(disk: SimDisk, file: string): StoredFrame[] {
  const bytes = disk.find(file)?.platter ?? Buffer.alloc(0);
  const frames: StoredFrame[] = [];
  for (let at = SEGMENT_HEADER_BYTES; at + PREFIX_BYTES <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    const end = at + Math.ceil((PREFIX_BYTES + length) / ALIGNMENT) * ALIGNMENT;
    if (length === 0 || end > bytes.length) break;
    const frame = bytes.subarray(at + PREFIX_BYTES, at + PREFIX_BYTES + length);
    frames.push({ file, at, frame, stored: Buffer.from(bytes.subarray(at, end)) });
    at = end;
  }
  return frames;
}

/** Events that HEAD proves to have been flushed. */
export function provenPosition(disk: SimDisk): number {
  const file = disk.names().find((name) => path.basename(name) === 'HEAD');
  const bytes = (file === undefined ? undefined : disk.find(file)?.platter) ?? Buffer.alloc(0);
  const slots = HEAD_SLOTS.filter((at) => bytes.length >= at + 96 && bytes.readUInt32LE(at) === HEAD_MAGIC);
  return Math.max(0, ...slots.map((at) => Number(bytes.readBigUInt64LE(at + 16))));
}
