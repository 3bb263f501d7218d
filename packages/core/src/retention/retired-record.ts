import { KernelError } from '@tksm/abstractions';
import type { CommandId, IndexRow, JobId, JobRecord, JobSpec, RecordsRetired } from '@tksm/abstractions';
import { deriveJobId } from '../jobs/derive-id.ts';
import { recordOf } from '../state/job-state.ts';
import type { CommandOutcome, KernelState } from '../state/kernel-state.ts';

/** A record that left the state. `nth` counts the ids that callers chose, this one included. */
export type RetiredRecord = { readonly nth: number } & (
  { readonly job: JobRecord } | { readonly cmd: CommandId; readonly answer: CommandOutcome }
);

/** Rows for the index, and how many ids that callers chose will have retired with them. */
interface RetiredRows {
  readonly rows: readonly IndexRow[];
  readonly named: number;
}

/**
 * What the index is to hold of the records that an event retires, from the state before it. A function of the log alone,
 * so that an index made anew has the same rows. `named` counts the ids that callers chose and that retired before.
 */
export function rowsOf(state: KernelState, event: RecordsRetired, named = state.retired.named): RetiredRows {
  let nth = named;
  const rows: IndexRow[] = [];
  for (const id of event.jobs) {
    const found = state.jobs.get(id);
    if (found === undefined) continue;
    if (found.cmd !== undefined) nth += 1;
    const body = JSON.stringify({ nth, job: recordOf(found) } satisfies RetiredRecord);
    rows.push(rowUnder(id, body, found.spec));
  }
  for (const cmd of event.commands ?? []) {
    const answer = state.commands.get(cmd);
    if (answer === undefined) continue;
    nth += 1;
    // No job has the id that a command's first job would have: one lookup tells what a command id was.
    const id = deriveJobId(state.zone, cmd);
    rows.push({ id, body: JSON.stringify({ nth, cmd, answer } satisfies RetiredRecord) });
  }
  return { rows, named: nth };
}

/** The row of a body. @throws KernelError `IndexDamaged` */
export function rowOf(id: JobId, body: string): IndexRow {
  const record = readRow(body);
  return 'job' in record ? rowUnder(id, body, record.job.spec) : { id, body };
}

function rowUnder(id: JobId, body: string, { parent }: JobSpec): IndexRow {
  return parent === undefined ? { id, body } : { id, parent, body };
}

/** @throws KernelError `IndexDamaged` */
export function readRow(body: string): RetiredRecord {
  const found: unknown = parsed(body);
  if (typeof found === 'object' && found !== null && ('job' in found || 'answer' in found)) {
    return found as RetiredRecord;
  }
  throw new KernelError('IndexDamaged', 'the index holds something that is no record');
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new KernelError('IndexDamaged', 'the index holds something that is no JSON', { cause });
  }
}
