import { NO_HASH } from '@tksm/abstractions';
import type { Frame, LogHead } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { readBase } from './log-base.ts';
import { listSegments, openSegment, readSegmentHeader } from './segment-files.ts';
import { LogWalk } from './log-walk.ts';
import { typed } from './storage-error.ts';
import type { PlaceIndex } from './place-index.ts';
import { segmentStart } from './place.ts';
import type { Place } from './place.ts';

export interface FrameRange {
  readonly from: number;
  /** Where the log ends. */
  readonly until: LogHead;
}

/**
 * The frames from the one that holds `from` up to `until`, which must all be there.
 *
 * @throws KernelError `LogDamaged` with the position of the first event that cannot be trusted; `FormatTooNew`;
 * `StorageFailed`.
 */
export async function* readFrames(
  folder: DataFolder,
  index: PlaceIndex,
  range: FrameRange,
  checkOpen: () => void,
): AsyncGenerator<Frame> {
  const { from, until } = range;
  checkOpen();
  if (from >= until.position) return;
  let walk: LogWalk | undefined;
  try {
    walk = new LogWalk(folder, startFor(folder, index, from));
    for (;;) {
      const frames = await walk.nextBatch(until.position);
      if (frames.length === 0) break;
      const { head } = walk.place;
      const isForeign = head.position >= until.position && head.hash !== until.hash;
      const last = isForeign ? frames.pop() : undefined;
      if (!isForeign) remember(index, walk.place, until);
      for (const frame of frames) {
        if (frame.position + frame.count <= from) continue;
        yield frame;
        checkOpen();
      }
      if (last !== undefined) throw walk.damage('it is not the log that HEAD was written for', last.position);
    }
    if (walk.place.head.position < until.position) {
      throw walk.damage(walk.stop.kind === 'bad' ? walk.stop.why : 'frames that were flushed are missing');
    }
  } catch (error) {
    throw typed(error, 'the log could not be read');
  } finally {
    walk?.close();
  }
}

function remember(index: PlaceIndex, place: Place, until: LogHead): void {
  index.pass(place);
  if (place.head.position === until.position) index.end(place);
}

function startFor(folder: DataFolder, index: PlaceIndex, from: number): Place {
  const segments = listSegments(folder);
  const begin = readBase(folder).position;
  const exact = index.at(from);
  if (exact !== undefined && exact.segment >= begin) return exact;
  const hint = index.before(from);
  const segment = segments.findLast((first) => first <= from) ?? begin;
  if (hint !== undefined && hint.segment >= segment) return hint;
  const file = openSegment(folder, segment);
  if (file === undefined) return segmentStart(segment, NO_HASH);
  try {
    return segmentStart(segment, readSegmentHeader(file, segment).previousHash);
  } finally {
    file.close();
  }
}
