import type { DataFolder } from '../files/file-layer.ts';
import { LOG_FOLDER, segmentName } from '../format/layout.ts';
import { readBase } from '../reading/log-base.ts';
import { logDamaged } from '../reading/log-damage.ts';
import { LogWalk } from '../reading/log-walk.ts';
import { segmentStart } from '../reading/place.ts';
import { readSegmentHeader, segmentPath } from '../reading/segment-files.ts';

/**
 * Checks that the segments are all there, begin as segments, and have the lengths that their successors name. What is
 * inside them is checked when they are read.
 *
 * @throws KernelError `LogDamaged`, `FormatTooNew`
 */
export async function checkSegmentLinks(folder: DataFolder, segments: readonly number[]): Promise<void> {
  const base = readBase(folder);
  if (segments[0] !== base.position) throw missing(base.position);
  let previous = { first: 0, bytes: 0, hash: base.hash };
  for (const segment of segments) {
    const file = folder.files.open(segmentPath(folder.dir, segment), 'read');
    try {
      const header = readSegmentHeader(file, segment);
      const isLinked = header.previousFirst === previous.first && header.previousBytes === previous.bytes;
      if (segment === base.position) {
        if (header.previousHash !== base.hash) throw missing(segment);
      } else if (!isLinked) throw await unlinked(folder, previous, segment);
      previous = { first: segment, bytes: file.size(), hash: header.previousHash };
    } finally {
      file.close();
    }
  }
}

function missing(position: number): Error {
  const file = `${LOG_FOLDER}/${segmentName(position)}`;
  return logDamaged({ position, file, offset: 0, why: 'the segment that begins here is missing' });
}

/** Names the first event that is missing before a segment. */
async function unlinked(
  folder: DataFolder,
  previous: { first: number; hash: string },
  next: number,
): Promise<Error> {
  const walk = new LogWalk(folder, segmentStart(previous.first, previous.hash));
  try {
    while ((await walk.nextBatch(next)).length > 0);
    return walk.damage(walk.stop.kind === 'bad' ? walk.stop.why : 'the next segment does not continue it');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    walk.close();
  }
}
