import { isKernelError } from '@tksm/abstractions';
import type { LogReader, Position, StateReader } from '@tksm/abstractions';
import { replayState } from '@tksm/core';
import { openSegmentsReader } from '@tksm/drivers-segments';

/** A data folder as it is on storage: read without a lock, without boot, without a trace. */
export interface Look {
  readonly log: LogReader;
  readonly state: StateReader;
}

/**
 * Reads a folder's state, as of `at` events when given.
 *
 * @throws KernelError `DataFolderMissing`, `FormatTooNew`, `LogDamaged`
 */
export async function look(dir: string, at?: Position): Promise<Look> {
  const log = await openSegmentsReader({ dir });
  return { log, state: await replayState(log, at) };
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
