import { isKernelError } from '@tksm/abstractions';
import type { LogHead } from '@tksm/abstractions';
import type { DataFolder, OpenFile } from '../files/file-layer.ts';
import type { HeadMark } from '../format/head-slot.ts';
import { LOG_FOLDER, segmentName } from '../format/layout.ts';
import type { Damage } from '../reading/log-damage.ts';
import { segmentStart } from '../reading/place.ts';
import type { Place } from '../reading/place.ts';
import { SegmentCursor } from '../reading/segment-cursor.ts';
import { openSegment, readSegmentHeader } from '../reading/segment-files.ts';
import { inspectTail } from '../recovery/tail-bytes.ts';

export const HEAD_IS_OF_ANOTHER_LOG = 'it is not the log that HEAD was written for';

export interface SegmentCheckInput {
  readonly folder: DataFolder;
  readonly segment: number;
  /** First position of the next segment; undefined for the last one. */
  readonly next: number | undefined;
  /** Where the log ended before this segment; undefined after damage. */
  readonly before: LogHead | undefined;
  readonly mark: HeadMark | undefined;
  /** Told how far the reading is, in bytes of this segment. */
  readonly onRead: (bytes: number) => void;
}

export interface SegmentCheck {
  readonly file: string;
  readonly bytes: number;
  readonly frames: number;
  /** After the last frame that can be trusted; undefined when not even the header can. */
  readonly head: LogHead | undefined;
  /** Where its frames end, in bytes. */
  readonly framesEnd: number;
  readonly unacknowledgedBytes: number;
  readonly damage: Damage | undefined;
}

/** Checks one segment from its header to its last byte. */
export async function checkSegment(input: SegmentCheckInput): Promise<SegmentCheck> {
  const name = `${LOG_FOLDER}/${segmentName(input.segment)}`;
  const file = openSegment(input.folder, input.segment);
  const unread = { file: name, bytes: 0, frames: 0, head: undefined, framesEnd: 0, unacknowledgedBytes: 0 };
  if (file === undefined)
    return { ...unread, damage: damageAt(input.segment, name, 0, 'the segment is missing') };
  try {
    const { previousHash } = readSegmentHeader(file, input.segment);
    const isLinked = input.before === undefined || input.before.hash === previousHash;
    const start = segmentStart(input.segment, previousHash);
    const from = isLinked && input.before !== undefined ? { ...start, head: input.before } : start;
    const read = await readToEnd(file, from, input);
    const size = file.size();
    const { written, why } = await judgeEnd(file, size, read, input);
    const end = read.place;
    const unlinked = isLinked
      ? undefined
      : damageAt(input.segment, name, 0, 'it does not continue the segment before');
    const damage =
      unlinked ?? (why === undefined ? undefined : damageAt(end.head.position, name, end.offset, why));
    const unacknowledgedBytes = damage === undefined ? written : 0;
    return {
      file: name,
      bytes: size,
      frames: read.frames,
      head: end.head,
      framesEnd: end.offset,
      unacknowledgedBytes,
      damage,
    };
  } catch (error) {
    if (!isKernelError(error, 'LogDamaged')) throw error;
    return {
      ...unread,
      bytes: file.size(),
      damage: damageAt(input.segment, name, 0, String(error.data.why ?? error.message)),
    };
  } finally {
    file.close();
  }
}

interface ReadToEnd {
  readonly place: Place;
  readonly frames: number;
  /** Why the bytes at `place` are not the next frame; undefined when nothing was written there. */
  readonly why: string | undefined;
}

async function readToEnd(file: OpenFile, from: Place, input: SegmentCheckInput): Promise<ReadToEnd> {
  const { mark } = input;
  const cursor = new SegmentCursor(input.folder.files, file, from);
  let place = cursor.place;
  let frames = 0;
  for (;;) {
    const { position } = cursor.place.head;
    const isBeforeMark = mark !== undefined && position < mark.position;
    const batch = await cursor.nextBatch(isBeforeMark ? mark.position : Number.POSITIVE_INFINITY);
    if (batch.length === 0) break;
    frames += batch.length;
    input.onRead(cursor.place.offset);
    const { head } = cursor.place;
    if (isBeforeMark && head.position >= mark.position && head.hash !== mark.hash) {
      const position = batch.at(-1)?.position ?? head.position;
      return { place: { ...place, head: { ...place.head, position } }, frames, why: HEAD_IS_OF_ANOTHER_LOG };
    }
    place = cursor.place;
  }
  const why = cursor.stop?.kind === 'bad' ? cursor.stop.why : undefined;
  return { place: cursor.place, frames, why };
}

async function judgeEnd(
  file: OpenFile,
  size: number,
  { place, why }: ReadToEnd,
  { folder, next, mark, segment }: SegmentCheckInput,
): Promise<{ readonly written: number; readonly why: string | undefined }> {
  if (next !== undefined) {
    if (why !== undefined || place.head.position !== next)
      return { written: 0, why: why ?? 'frames are missing' };
    return {
      written: 0,
      why: size === place.offset ? undefined : 'bytes follow the last frame of the segment',
    };
  }
  if (mark !== undefined && place.head.position < mark.position) {
    return { written: 0, why: why ?? 'frames that were flushed are missing' };
  }
  const { written, laterFrameAt } = inspectTail(file, place.offset);
  if (laterFrameAt === undefined && (mark !== undefined || written === 0)) return { written, why: undefined };
  if (laterFrameAt === undefined)
    return { written: 0, why: 'HEAD is gone, which would tell whether this was acknowledged' };
  // A writer may have gone on since the frames were read: only what still cannot be read is damage.
  const again = new SegmentCursor(folder.files, file, { ...place, segment });
  const isWholeNow = (await again.nextBatch(Number.POSITIVE_INFINITY)).length > 0;
  return { written: 0, why: isWholeNow ? undefined : (why ?? 'a frame is missing before later ones') };
}

function damageAt(position: number, file: string, offset: number, why: string): Damage {
  return { position, file, offset, why };
}
