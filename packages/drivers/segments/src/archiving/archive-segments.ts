// Moves segments from the beginning of a log into another folder. Guarantees, after a crash at any point:
//
// 1. Each event is in the log or, whole and flushed, in the archive.
// 2. The log opens. What BASE says is where its segments begin; one before that is a leftover.
// 3. Done again, it goes on from there.
//
// One segment at a time: copied and flushed, the copy read and checked from its first byte to its last, the archive's HEAD
// moved over it, BASE written, and only then is the original removed.

import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Hash, LogHead } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { copyFile } from '../files/transfer.ts';
import { LOG_FOLDER } from '../format/layout.ts';
import { logDamaged } from '../reading/log-damage.ts';
import { writeBase } from '../reading/log-base.ts';
import { listSegmentsIfAny, readHeadMark, readSegmentHeader, segmentPath } from '../reading/segment-files.ts';
import { writeFormat } from '../recovery/create-log.ts';
import { writeMark } from '../recovery/recover-log.ts';
import { checkSegment } from '../verification/segment-check.ts';
import { archivableSegments, archivedSegments } from './archive-plan.ts';
import type { ArchivableSegment } from './archive-plan.ts';

export interface ArchiveOptions {
  /** Segments that end at or before this position are moved; the last one never is. */
  readonly before: number;
  /** The folder that they are moved to; it may have those before them. */
  readonly to: string;
  /** Told of each segment that is in the archive and no longer in the log. */
  readonly onSegment?: (segment: ArchivableSegment) => void;
}

/** The caller holds the folder, and has made sure that nothing before the cut is needed to start. */
export async function archiveSegments(
  folder: DataFolder,
  { before, to, onSegment }: ArchiveOptions,
  head: LogHead,
): Promise<readonly ArchivableSegment[]> {
  const archive = { files: folder.files, dir: path.resolve(to) };
  removeArchived(folder);
  const planned = archivableSegments(folder, before, head);
  for (const segment of planned) {
    const start = startOf(folder, segment.first);
    const end = startOf(folder, segment.end);
    prepare(archive, start, end);
    await keepCopy(folder, archive, segment, start, end);
    writeBase(folder, { position: end.position, hash: end.hash, isArchive: false });
    removeArchived(folder);
    onSegment?.(segment);
  }
  return planned;
}

/** Removes what BASE says is archived. */
function removeArchived(folder: DataFolder): void {
  const { files, dir } = folder;
  const archived = archivedSegments(folder);
  if (archived.length === 0) return;
  for (const first of archived) files.remove(segmentPath(dir, first));
  files.flushFolder(path.join(dir, LOG_FOLDER));
}

function startOf(folder: DataFolder, segment: number): LogHead {
  const file = folder.files.open(segmentPath(folder.dir, segment), 'read');
  try {
    const { previousHash } = readSegmentHeader(file, segment);
    return { position: segment, hash: previousHash as Hash, epoch: 0, time: 0 };
  } finally {
    file.close();
  }
}

/** Makes the archive, or checks that this segment is what follows in it. @throws KernelError `ForeignZone` */
function prepare(archive: DataFolder, start: LogHead, end: LogHead): void {
  const { files, dir } = archive;
  const mark = readHeadMark(archive)?.mark;
  const isAt = ({ position, hash }: LogHead): boolean => mark?.position === position && mark.hash === hash;
  if (isAt(start) || isAt(end)) return;
  if (mark !== undefined || listSegmentsIfAny(archive).some((first) => first !== start.position)) {
    const message = `${dir} is no archive of this log up to event ${start.position}`;
    throw new KernelError('ForeignZone', message, {
      data: { dir, position: start.position },
      next: 'archive into an empty folder, or put the earlier segments back there',
    });
  }
  const made = files.makeFolder(path.join(dir, LOG_FOLDER));
  if (made !== undefined) files.flushFolder(path.dirname(made));
  writeBase(archive, { position: start.position, hash: start.hash, isArchive: true });
  writeFormat(archive);
}

/** @throws KernelError `LogDamaged` when the segment is not whole, and is left where it is */
async function keepCopy(
  folder: DataFolder,
  archive: DataFolder,
  { first, end: next, file }: ArchivableSegment,
  start: LogHead,
  end: LogHead,
): Promise<void> {
  await copyFile(folder.files, segmentPath(folder.dir, first), segmentPath(archive.dir, first));
  const check = await checkSegment({
    folder: archive,
    segment: first,
    next,
    before: start,
    mark: undefined,
    onRead: () => undefined,
  });
  const { head, damage, bytes } = check;
  if (damage !== undefined) throw logDamaged({ ...damage, file });
  if (head?.hash !== end.hash)
    throw logDamaged({ position: first, file, offset: 0, why: 'the next segment does not continue it' });
  writeMark(archive, { segment: first, offset: bytes, head }, undefined);
}
