import type { IndexRow, JobId, JobIndexReader } from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';
import { readRow, rowOf } from './retired-record.ts';

/** How many records have left a state: jobs, and answers to commands. */
export function countRetired({ retired }: KernelState): number {
  const { succeeded, failed, cancelled, commands } = retired;
  return succeeded + failed + cancelled + commands;
}

/** What an index holds of the records that have left a state. */
export interface RetiredRows {
  readonly count: number;
  /** Longest retired first. @throws KernelError `IndexDamaged` */
  rows(): Generator<IndexRow>;
}

/**
 * Finds the rows of what has left a state. An index may hold others: of what is in the state (written ahead of its
 * retirement, or left by a recall), and of what came after it.
 *
 * @throws KernelError `IndexDamaged`
 */
export function retiredRows(state: KernelState, index: JobIndexReader): RetiredRows {
  const ids: JobId[] = [];
  for (const { id, body } of index.latest()) if (hasLeft(state, id, body)) ids.push(id);
  ids.reverse();
  return {
    count: ids.length,
    *rows() {
      for (const id of ids) {
        const body = index.get(id);
        if (body !== undefined) yield rowOf(id, body);
      }
    },
  };
}

function hasLeft({ jobs, commands, position }: KernelState, id: JobId, body: string): boolean {
  if (jobs.has(id)) return false;
  const record = readRow(body);
  if ('job' in record) return record.job.position < position;
  return !commands.has(record.cmd) && record.answer.position < position;
}
