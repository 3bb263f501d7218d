import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@tksm/abstractions';
import { SEGMENT_BYTES } from './format/layout.ts';
import { lockFolder } from './locking/folder-lock.ts';
import { PlaceIndex } from './reading/place-index.ts';
import { hasKnownFormat, listSegmentsIfAny, readHeadMark } from './reading/segment-files.ts';
import { errnoOf, onStorage } from './reading/storage-error.ts';
import { createFirstSegment, flushFolder, removeLeftovers, writeFormat } from './recovery/create-log.ts';
import { recoverLog } from './recovery/recover-log.ts';
import { SegmentsEventLog } from './segments-log.ts';
import type { SegmentsLog } from './segments-log.ts';
import { WriterLink } from './writing/writer-link.ts';

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
  return onStorage(`${options.dir} could not be opened`, () => open(options));
}

async function open(options: OpenSegmentsOptions): Promise<SegmentsEventLog> {
  const { clock, onBlocked, maxSegmentBytes = SEGMENT_BYTES } = options;
  const dir = path.resolve(options.dir);
  await makeFolder(dir);
  const lock = await lockFolder(dir, clock);
  // Its thread starts while the log is read.
  const link = new WriterLink(clock);
  try {
    const index = new PlaceIndex();
    const isFormatKnown = await hasKnownFormat(dir);
    const isNew = !isFormatKnown && (await isUnfinished(dir));
    if (isNew) await createFirstSegment(dir);
    const recovered = await recoverLog(dir, index);
    if (!isFormatKnown) await writeFormat(dir);
    await removeLeftovers(dir);
    const formatRebuilt = !isFormatKnown && !isNew;
    const recovery = isNew ? { ...recovered, headRebuilt: false } : recovered;
    const log = new SegmentsEventLog({
      dir,
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

async function makeFolder(dir: string): Promise<void> {
  const made = await mkdir(dir, { recursive: true }).catch(async (error: unknown) => {
    // On a read-only file system Node says that the parent is missing.
    if (errnoOf(error) === 'ENOENT') await access(await existingAncestor(dir), constants.W_OK);
    throw error;
  });
  if (made !== undefined) await flushFolder(path.dirname(made));
  await access(dir, constants.W_OK);
}

async function existingAncestor(dir: string): Promise<string> {
  const parent = path.dirname(dir);
  const isThere = await access(parent).then(
    () => true,
    () => false,
  );
  return isThere || parent === dir ? parent : existingAncestor(parent);
}

/** FORMAT is written last when a folder is made: where it is, a log was. */
async function isUnfinished(dir: string): Promise<boolean> {
  if ((await listSegmentsIfAny(dir)).length > 0) return false;
  const found = await readHeadMark(dir);
  return found === undefined || found.mark.position === 0;
}
