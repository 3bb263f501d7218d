import { NO_HASH } from '@tksm/abstractions';
import type { DataFolder, OpenFile } from '../files/file-layer.ts';
import { LogWalk } from './log-walk.ts';
import { EMPTY_HEAD, placeOfMark, segmentStart } from './place.ts';
import type { Place } from './place.ts';
import { listSegments, openSegment, readHeadMark, readSegmentHeader } from './segment-files.ts';

/**
 * Where the durable part of the log ends, as far as a reader beside a writer can know. HEAD names a place that was
 * flushed; beyond it, a frame was flushed when another follows it. The last one beyond HEAD may just be being
 * written, and is left out.
 */
export async function durableHead(folder: DataFolder): Promise<Place> {
  const found = readHeadMark(folder);
  if (found === undefined) return endWithoutMark(folder);
  const walk = new LogWalk(folder, placeOfMark(found.mark));
  try {
    let durable = walk.place;
    for (;;) {
      const before = walk.place;
      const frames = await walk.nextBatch(before.head.position + 1);
      if (frames.length === 0) return walk.place.segment > durable.segment ? walk.place : durable;
      durable = before;
    }
  } finally {
    walk.close();
  }
}

/** HEAD is lost: everything that is whole counts. */
async function endWithoutMark(folder: DataFolder): Promise<Place> {
  const last = listSegments(folder).at(-1);
  if (last === undefined) return { ...segmentStart(0, NO_HASH), head: EMPTY_HEAD };
  const file = openSegment(folder, last);
  if (file === undefined) return endWithoutMark(folder);
  const walk = new LogWalk(folder, startOf(file, last));
  try {
    while ((await walk.nextBatch(Number.POSITIVE_INFINITY)).length > 0);
    return walk.place;
  } finally {
    walk.close();
  }
}

function startOf(file: OpenFile, segment: number): Place {
  try {
    return segmentStart(segment, readSegmentHeader(file, segment).previousHash);
  } finally {
    file.close();
  }
}
