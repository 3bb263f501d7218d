// Finds the true end of a log, and makes it durable. Guarantees:
//
// 1. Nothing that HEAD covers, or that a later frame or segment proves to have been flushed, is ever cut: where it cannot
//    be read, recovery fails with `LogDamaged` and changes nothing.
// 2. Only bytes after the last whole frame, beyond HEAD and with no whole frame after them, are cut.
// 3. A whole frame beyond HEAD counts, after it was written again and flushed through a fresh handle: a flush that
//    failed may have left it in memory only.
// 4. After a clean end nothing is written.
// 5. What frames are appended to has a durable name.

import path from 'node:path';
import { FRAME_HEADER_BYTES, NO_HASH } from '@tksm/abstractions';
import type { Frame } from '@tksm/abstractions';
import type { DataFolder, OpenFile } from '../files/file-layer.ts';
import { readFully, writeFile, writeFully } from '../files/transfer.ts';
import { encodeHeadSlot, HEAD_FILE_BYTES, HEAD_SLOT_DISTANCE } from '../format/head-slot.ts';
import type { HeadMark } from '../format/head-slot.ts';
import { HEAD_FILE, LOG_FOLDER, segmentName, storedBytes } from '../format/layout.ts';
import { logDamaged } from '../reading/log-damage.ts';
import { LogWalk } from '../reading/log-walk.ts';
import type { PlaceIndex } from '../reading/place-index.ts';
import { EMPTY_HEAD, markOfPlace, placeOfMark, segmentStart } from '../reading/place.ts';
import type { Place } from '../reading/place.ts';
import { listSegmentsIfAny, readHeadMark, readSegmentHeader, segmentPath } from '../reading/segment-files.ts';
import type { FoundMark } from '../reading/segment-files.ts';
import { checkSegmentLinks } from './segment-links.ts';
import { inspectTail } from './tail-bytes.ts';

export interface RecoveredLog {
  /** Where the next frame goes. */
  readonly end: Place;
  /** Length of the last segment, with the zeros after its frames. */
  readonly segmentBytes: number;
  /** The slot of HEAD that is to be written next. */
  readonly nextSlot: 0 | 1;
  /** Bytes of a frame that was begun and not acknowledged, and is gone. */
  readonly cutBytes: number;
  /** HEAD was missing or damaged, wholly or in part, and was made anew from the log. */
  readonly headRebuilt: boolean;
}

/** @throws KernelError `LogDamaged` with the position of the first event that cannot be trusted; `FormatTooNew` */
export async function recoverLog(folder: DataFolder, index: PlaceIndex): Promise<RecoveredLog> {
  const segments = listSegmentsIfAny(folder);
  const found = readHeadMark(folder);
  await checkSegmentLinks(folder, segments);
  const { end, lastFrame, stopWhy } = await walkToEnd(folder, segments, found?.mark, index);
  const tail = openTail(folder, end.segment);
  try {
    const { written, laterFrameAt } = inspectTail(tail, end.offset);
    const isCovered = found !== undefined && end.head.position >= found.mark.position;
    if ((written > 0 && (laterFrameAt !== undefined || found === undefined)) || (found && !isCovered)) {
      throw damagedEnd(end, stopWhy ?? 'frames that were flushed are missing');
    }
    if (written > 0) tail.truncate(end.offset);
    const isMarked = found?.mark.position === end.head.position;
    if (!isMarked && lastFrame !== undefined) writeAgain(tail, end, lastFrame);
    if (!isMarked || written > 0) tail.flush();
    // The process may have died between a segment's rename and the flush of its name.
    folder.files.flushFolder(path.join(folder.dir, LOG_FOLDER));
    const isKept = isMarked && found.isPristine;
    const nextSlot = isKept ? other(found.slot) : writeMark(folder, end, found);
    const segmentBytes = tail.size();
    return { end, segmentBytes, nextSlot, cutBytes: written, headRebuilt: found?.isPristine !== true };
  } finally {
    tail.close();
  }
}

interface LogEnd {
  readonly end: Place;
  readonly lastFrame: Frame | undefined;
  readonly stopWhy: string | undefined;
}

async function walkToEnd(
  folder: DataFolder,
  segments: readonly number[],
  mark: HeadMark | undefined,
  index: PlaceIndex,
): Promise<LogEnd> {
  const walk = new LogWalk(folder, startOfWalk(folder, segments, mark));
  let lastFrame: Frame | undefined;
  try {
    if (mark?.position === walk.place.head.position) checkMark(walk.place, mark, mark.position);
    for (;;) {
      const before = walk.place;
      const isBeforeMark = mark !== undefined && before.head.position < mark.position;
      const frames = await walk.nextBatch(isBeforeMark ? mark.position : Number.POSITIVE_INFINITY);
      if (frames.length === 0) break;
      lastFrame = frames.at(-1);
      index.pass(walk.place);
      if (isBeforeMark) checkMark(walk.place, mark, lastFrame?.position ?? 0);
    }
    return { end: walk.place, lastFrame, stopWhy: walk.stop.kind === 'bad' ? walk.stop.why : undefined };
  } finally {
    walk.close();
  }
}

/** The start of the last segment; of the one before, when only that one can tell the epoch and time of the head. */
function startOfWalk(folder: DataFolder, segments: readonly number[], mark: HeadMark | undefined): Place {
  const last = segments.at(-1) ?? 0;
  if (last === 0) return { ...segmentStart(0, NO_HASH), head: EMPTY_HEAD };
  if (mark?.position === last) return { ...segmentStart(last, mark.hash), head: placeOfMark(mark).head };
  const first = mark !== undefined && mark.position > last ? last : (segments.at(-2) ?? last);
  const file = openTail(folder, first);
  try {
    return segmentStart(first, readSegmentHeader(file, first).previousHash);
  } finally {
    file.close();
  }
}

/** Where the walk meets the mark, the log must be the one that was marked. */
function checkMark({ segment, offset, head }: Place, mark: HeadMark, position: number): void {
  if (head.position < mark.position) return;
  if (head.position === mark.position && head.hash === mark.hash) return;
  const file = `${LOG_FOLDER}/${segmentName(segment)}`;
  throw logDamaged({ position, file, offset, why: 'it is not the log that HEAD was written for' });
}

function damagedEnd({ segment, offset, head }: Place, why: string): Error {
  return logDamaged({ position: head.position, file: `${LOG_FOLDER}/${segmentName(segment)}`, offset, why });
}

function openTail({ files, dir }: DataFolder, segment: number): OpenFile {
  return files.open(segmentPath(dir, segment), 'update');
}

function writeAgain(tail: OpenFile, end: Place, lastFrame: Frame): void {
  const length = storedBytes(FRAME_HEADER_BYTES + lastFrame.payload.length);
  const at = end.offset - length;
  writeFully(tail, readFully(tail, Buffer.alloc(length), at), at);
}

const other = (slot: 0 | 1): 0 | 1 => (slot === 0 ? 1 : 0);

/** Marks the end in the slot that does not hold the newest mark, so that one of them is always whole; in a new file when HEAD was damaged. */
export function writeMark({ files, dir }: DataFolder, end: Place, found: FoundMark | undefined): 0 | 1 {
  const name = path.join(dir, LOG_FOLDER, HEAD_FILE);
  const slot = found?.isPristine === true ? other(found.slot) : 0;
  const whole = Buffer.alloc(HEAD_FILE_BYTES);
  const at = slot * HEAD_SLOT_DISTANCE;
  encodeHeadSlot(markOfPlace(end), whole.subarray(at));
  if (found?.isPristine !== true) {
    writeFile(files, name, whole);
    return other(slot);
  }
  const file = files.open(name, 'update');
  try {
    writeFully(file, whole.subarray(at, at + HEAD_SLOT_DISTANCE), at);
    file.flush();
  } finally {
    file.close();
  }
  return other(slot);
}
