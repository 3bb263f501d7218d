import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Clock, Timers } from '@tksm/abstractions';
import type { DataFolder, FileLayer } from './files/file-layer.ts';
import { nodeFiles } from './files/node-files.ts';
import { errnoOf } from './files/system-error.ts';
import { SEGMENT_BYTES } from './format/layout.ts';
import type { FolderLock } from './locking/folder-lock.ts';
import { readBase } from './reading/log-base.ts';
import { PlaceIndex } from './reading/place-index.ts';
import { hasKnownFormat, listSegmentsIfAny, readHeadMark } from './reading/segment-files.ts';
import { onStorage } from './reading/storage-error.ts';
import { createFirstSegment, removeLeftovers, writeFormat } from './recovery/create-log.ts';
import { recoverLog } from './recovery/recover-log.ts';
import { SegmentsEventLog } from './segments-log.ts';
import type { SegmentsLog } from './segments-log.ts';
import { InlineLink } from './writing/inline-link.ts';
import { ThreadLink } from './writing/thread-link.ts';
import type { WriterLink } from './writing/writer-link.ts';

export interface OpenSegmentsOptions {
  /** The data folder; made when it is missing. */
  readonly dir: string;
  readonly clock: Clock;
  /** Called after a handler has blocked the event loop. */
  readonly onBlocked?: (label: string, blockedMs: number) => void;
  /** Length at which a segment is closed and the next one begun, in bytes. Default 64 MiB. */
  readonly maxSegmentBytes?: number;
}

/**
 * Opens a data folder as its one writer. Checks that all segments are there and the last one is whole; cuts a frame that was
 * begun and never acknowledged.
 *
 * @throws KernelError `DataFolderLocked` with `data.pid`, `DataFolderReadOnly`, `FormatTooNew`, `LogDamaged` with
 * `data.position`, `DiskFull`, `StorageFailed`. Whatever it throws, nothing acknowledged was changed.
 */
export async function openSegments(options: OpenSegmentsOptions): Promise<SegmentsLog> {
  return openEventLog(options);
}

/** As {@link openSegments}, with what only the tests of this package use. */
export async function openEventLog(options: OpenSegmentsOptions): Promise<SegmentsEventLog> {
  return open(nodeFiles, options, () => new ThreadLink(options.clock));
}

/** How a log runs on another file system than the machine's. */
export interface OpenSegmentsOnOptions extends OpenSegmentsOptions {
  /** For what is done half a second after the last append. Without timers it is left to later appends and the end. */
  readonly timers?: Timers;
}

/**
 * As {@link openSegments}, over other files and with its writer on the calling thread: in virtual time, the same calls give the
 * same result. For simulators and tests of this driver. `loopWatch` watches nothing then.
 */
export async function openSegmentsOn(files: FileLayer, options: OpenSegmentsOnOptions): Promise<SegmentsLog> {
  return open(files, options, () => new InlineLink(files, options.clock, options.timers));
}

async function open(
  files: FileLayer,
  options: OpenSegmentsOptions,
  makeLink: () => WriterLink,
): Promise<SegmentsEventLog> {
  return onStorage(`${options.dir} could not be opened`, async () => {
    const folder = { files, dir: path.resolve(options.dir) };
    makeFolder(folder);
    const lock = await files.lock(folder.dir, options.clock.now());
    // A writer thread starts while the log is read.
    return openLocked(folder, options, lock, makeLink());
  });
}

async function openLocked(
  folder: DataFolder,
  options: OpenSegmentsOptions,
  lock: FolderLock,
  link: WriterLink,
): Promise<SegmentsEventLog> {
  const { clock, onBlocked, maxSegmentBytes = SEGMENT_BYTES } = options;
  try {
    const index = new PlaceIndex();
    const isFormatKnown = hasKnownFormat(folder);
    if (readBase(folder).isArchive) throw archiveOnly(folder.dir);
    const isNew = !isFormatKnown && isUnfinished(folder);
    if (isNew) createFirstSegment(folder);
    const recovered = await recoverLog(folder, index);
    if (!isFormatKnown) writeFormat(folder);
    removeLeftovers(folder);
    const formatRebuilt = !isFormatKnown && !isNew;
    const recovery = isNew ? { ...recovered, headRebuilt: false } : recovered;
    const log = new SegmentsEventLog({
      folder,
      clock,
      lock,
      link,
      index,
      recovered: recovery,
      formatRebuilt,
      maxSegmentBytes,
    });
    if (onBlocked !== undefined) log.loopWatch.onBlocked(onBlocked);
    return log;
  } catch (error) {
    await link.close();
    lock.release();
    throw error;
  }
}

function makeFolder({ files, dir }: DataFolder): void {
  try {
    const made = files.makeFolder(dir);
    if (made !== undefined) files.flushFolder(path.dirname(made));
  } catch (error) {
    // On a read-only file system Node says that the parent is missing.
    if (errnoOf(error) === 'ENOENT') files.checkWritable(existingAncestor(files, dir));
    throw error;
  }
  files.checkWritable(dir);
}

function existingAncestor(files: FileLayer, dir: string): string {
  const parent = path.dirname(dir);
  return files.exists(parent) || parent === dir ? parent : existingAncestor(files, parent);
}

function archiveOnly(dir: string): KernelError {
  const message = `${dir} holds archived segments: they are read, and nothing is written behind them`;
  return new KernelError('DataFolderReadOnly', message, { next: 'name the folder whose log they were' });
}

/** FORMAT is written last when a folder is made: where it is, a log was. */
function isUnfinished(folder: DataFolder): boolean {
  if (listSegmentsIfAny(folder).length > 0 || readBase(folder).position > 0) return false;
  const found = readHeadMark(folder);
  return found === undefined || found.mark.position === 0;
}
