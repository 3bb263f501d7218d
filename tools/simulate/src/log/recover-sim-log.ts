// The rules of `drivers/segments/src/recovery/recover-log.ts` over a simulated disk: nothing that HEAD covers or a later
// frame proves to have been flushed is cut; a whole frame beyond HEAD counts, after it was written and flushed again.

import { KernelError, NO_HASH } from '@tksm/abstractions';
import type { Frame, LogHead } from '@tksm/abstractions';
import type { SimDisk } from '../disk/sim-disk.ts';
import type { PlantedBug } from './planted-bug.ts';
import { encodeMark, HEAD_FILE, HEAD_FILE_BYTES, newestMark, slotOffset } from './head-file.ts';
import type { FoundMark } from './head-file.ts';
import { hasFrameFrom, headAfter, readStored } from './stored-frame.ts';

const SEGMENT = /^([0-9]{20})\.seg$/;
const EMPTY_HEAD: LogHead = Object.freeze({ position: 0, hash: NO_HASH, epoch: 0, time: 0 });
/** Zeros that a segment begins with. Few, so that a run has several segments. */
export const SEGMENT_BYTES = 32 * 1024;

export interface RecoveredEnd {
  readonly segment: number;
  readonly offset: number;
  readonly head: LogHead;
  readonly nextSlot: 0 | 1;
}

export function segmentName(firstPosition: number): string {
  return `${String(firstPosition).padStart(20, '0')}.seg`;
}

export function segmentsOf(disk: SimDisk): number[] {
  return disk.names().flatMap((name) => {
    const digits = SEGMENT.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

/** Frames of the whole log, in order, and where and why they end. */
export interface Walk {
  readonly frames: readonly Frame[];
  readonly end: { readonly segment: number; readonly offset: number; readonly head: LogHead };
  /** Bytes of the last segment. */
  readonly tail: Buffer;
  readonly lastFrameBytes: number;
  readonly why: string | undefined;
}

/** @throws KernelError `LogDamaged` when a segment does not begin where the one before ends */
export function walkLog(disk: SimDisk, bug?: PlantedBug): Walk {
  const frames: Frame[] = [];
  let head = EMPTY_HEAD;
  let [segment, offset, lastFrameBytes] = [0, 0, 0];
  let tail = Buffer.alloc(0);
  let why: string | undefined;
  for (const first of segmentsOf(disk)) {
    if (first !== head.position) throw damaged(head.position, why ?? 'a segment is missing or cut off');
    tail = disk.read(segmentName(first)) as Buffer<ArrayBuffer>;
    [segment, offset, lastFrameBytes] = [first, 0, 0];
    for (;;) {
      const reading = readStored(tail, offset, head, bug !== 'skip-chain-check');
      why = reading.kind === 'bad' ? reading.why : undefined;
      if (reading.kind !== 'frame') break;
      frames.push(reading.frame);
      head = headAfter(reading.frame);
      offset += reading.bytes;
      lastFrameBytes = reading.bytes;
    }
  }
  return { frames, end: { segment, offset, head }, tail, lastFrameBytes, why };
}

/** Finds the true end of the log and makes it durable. @throws KernelError `LogDamaged`; what the disk throws */
export function recoverSimLog(disk: SimDisk, bug?: PlantedBug): RecoveredEnd {
  if (segmentsOf(disk).length === 0) {
    if (disk.names().includes(HEAD_FILE)) throw damaged(0, 'HEAD stands without a log');
    begin(disk);
  }
  const found = disk.names().includes(HEAD_FILE) ? newestMark(disk.read(HEAD_FILE)) : undefined;
  const walk = walkLog(disk, bug);
  const { end, tail } = walk;
  const written = writtenBytes(tail, end.offset);
  if (bug !== 'cut-acknowledged-tail') checkEnd(walk, written, found);
  // A process may have died between the naming of a segment and the flush of the folder: its name is not durable yet.
  if (bug !== 'forget-folder-flush') disk.flushFolder();
  if (written > 0) disk.write(segmentName(end.segment), end.offset, Buffer.alloc(tail.length - end.offset));
  const isMarked = found?.mark.head.position === end.head.position;
  if (!isMarked && walk.lastFrameBytes > 0) {
    const from = end.offset - walk.lastFrameBytes;
    disk.write(segmentName(end.segment), from, tail.subarray(from, end.offset));
  }
  if (!isMarked || written > 0) disk.flush(segmentName(end.segment));
  return { ...end, nextSlot: isMarked ? other(found.slot) : writeMark(disk, end, found) };
}

/** A new segment under its name only once it is whole. */
export function createSegment(disk: SimDisk, first: number): void {
  const name = segmentName(first);
  disk.create(`${name}.tmp`, Buffer.alloc(SEGMENT_BYTES));
  disk.flush(`${name}.tmp`);
  disk.rename(`${name}.tmp`, name);
  disk.flushFolder();
}

export function damaged(position: number, why: string): KernelError {
  return new KernelError('LogDamaged', `the frame at ${position} cannot be trusted: ${why}`, {
    data: { position },
  });
}

function begin(disk: SimDisk): void {
  createSegment(disk, 0);
}

function checkEnd({ frames, end, tail, why }: Walk, written: number, found: FoundMark | undefined): void {
  const mark = found?.mark.head;
  if (written > 0 && (mark === undefined || hasFrameFrom(tail, end.offset))) {
    throw damaged(end.head.position, why ?? 'a later frame was flushed');
  }
  if (mark === undefined) return;
  if (end.head.position < mark.position)
    throw damaged(end.head.position, why ?? 'frames that were flushed are missing');
  const marked = frames.find(({ position, count }) => position + count >= mark.position);
  if (marked !== undefined && mark.position > 0 && marked.hash !== mark.hash) {
    throw damaged(marked.position, 'it is not the log that HEAD was written for');
  }
}

function writtenBytes(tail: Buffer, from: number): number {
  let end = tail.length;
  while (end > from && tail[end - 1] === 0) end -= 1;
  return end - from;
}

function writeMark(disk: SimDisk, end: Omit<RecoveredEnd, 'nextSlot'>, found: FoundMark | undefined): 0 | 1 {
  const slot = found === undefined ? 0 : other(found.slot);
  if (found === undefined) {
    const whole = Buffer.alloc(HEAD_FILE_BYTES);
    encodeMark(end).copy(whole);
    disk.create(HEAD_FILE, whole);
  } else disk.write(HEAD_FILE, slotOffset(slot), encodeMark(end));
  disk.flush(HEAD_FILE);
  if (found === undefined) disk.flushFolder();
  return other(slot);
}

export const other = (slot: 0 | 1): 0 | 1 => (slot === 0 ? 1 : 0);
