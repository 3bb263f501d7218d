import { isKernelError, noLogger } from '@tksm/abstractions';
import type { Instant, LogReader, StateReader } from '@tksm/abstractions';
import { readState } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { findMoment } from './find-moment.ts';
import type { Moment } from './moment.ts';
import { RetiredJobs } from './retired-jobs.ts';

/** A data folder as it is on storage: read without a lock, without boot, without a trace. */
export interface Look {
  readonly log: LogReader;
  readonly state: StateReader;
  /** When it is looked at: now, or the moment that was asked for. */
  readonly now: Instant;
  readonly retired: RetiredJobs;
}

/**
 * Reads a folder's state as it is, or as it was at a moment: after so many events, or what `--at` says.
 *
 * @throws KernelError `UsageError`, `MomentInFuture`, `MomentBeforeLog`, `DataFolderMissing`, `FormatTooNew`, `LogDamaged`
 */
export async function look(dir: string, at?: Moment | string): Promise<Look> {
  const log = await openSegmentsReader({ dir });
  const retired = new RetiredJobs(dir);
  const source = { log, store: openDiskSnapshots({ dir }), logger: noLogger, find: retired.find };
  if (at === undefined) return { log, state: (await readState(source)).state, now: Date.now(), retired };
  const { position, time } = await findMoment(log, at);
  return { log, state: (await readState({ ...source, to: position })).state, now: time, retired };
}

/** As `look`; undefined when there is no such folder yet. */
export async function lookIfThere(dir: string): Promise<Look | undefined> {
  try {
    return await look(dir);
  } catch (error) {
    if (isKernelError(error, 'DataFolderMissing')) return undefined;
    throw error;
  }
}
