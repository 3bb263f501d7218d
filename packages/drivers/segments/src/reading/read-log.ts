// Reads a log that may have been cut at its beginning: what was archived comes from the archive while that is in place.

import path from 'node:path';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Frame, Hash, LogHead } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { ARCHIVE_FOLDER } from '../format/layout.ts';
import { logDamaged } from './log-damage.ts';
import type { Damage } from './log-damage.ts';
import { readBase } from './log-base.ts';
import type { PlaceIndex } from './place-index.ts';
import { readFrames } from './read-frames.ts';
import { hasSegments } from './segment-files.ts';
import { onStorage } from './storage-error.ts';

export interface LogRange {
  /** Default: where the log begins, the archive included when it is in place. */
  readonly from: number | undefined;
  /** Where the log ends. */
  readonly until: LogHead;
}

/**
 * The frames from the one that holds `from` up to `until`, which must all be there.
 *
 * @throws KernelError `EventArchived` with `data.first` when `from` is archived and the archive is not in place;
 * `LogDamaged` with the position of the first event that cannot be trusted; `FormatTooNew`; `StorageFailed`.
 */
export async function* readLog(
  folder: DataFolder,
  index: PlaceIndex,
  { from, until }: LogRange,
  checkOpen: () => void,
): AsyncGenerator<Frame> {
  checkOpen();
  const base = await onStorage('the log could not be read', () => readBase(folder));
  let next = from ?? base.position;
  if (base.position > 0 && (from === undefined || from < base.position)) {
    const archive = archiveOf(folder);
    if (archive !== undefined) {
      yield* readArchive(archive, index, { from, until: headOf(base) }, checkOpen);
      next = base.position;
    } else if (from !== undefined) throw archived(from, base.position);
  }
  try {
    for await (const frame of readFrames(folder, index, { from: next, until }, checkOpen)) {
      next = frame.position + frame.count;
      yield frame;
    }
    return;
  } catch (error) {
    // Segments may have been archived while they were read.
    if (!isKernelError(error, 'LogDamaged') || readBase(folder).position <= Math.max(next, base.position))
      throw error;
  }
  yield* readLog(folder, index, { from: next, until }, checkOpen);
}

/** The archive inside a data folder; undefined when there is none. */
function archiveOf({ files, dir }: DataFolder): DataFolder | undefined {
  const archive = { files, dir: path.join(dir, ARCHIVE_FOLDER) };
  return hasSegments(archive) ? archive : undefined;
}

async function* readArchive(...parts: Parameters<typeof readLog>): AsyncGenerator<Frame> {
  try {
    yield* readLog(...parts);
  } catch (error) {
    if (!isKernelError(error, 'LogDamaged')) throw error;
    const damage = error.data as unknown as Damage;
    throw logDamaged({ ...damage, file: `${ARCHIVE_FOLDER}/${damage.file}` });
  }
}

function headOf({ position, hash }: { readonly position: number; readonly hash: string }): LogHead {
  return { position, hash: hash as Hash, epoch: 0, time: 0 };
}

function archived(position: number, first: number): KernelError {
  const message = `event ${position} is not in this log, which begins at ${first}`;
  return new KernelError('EventArchived', message, { data: { position, first } });
}
