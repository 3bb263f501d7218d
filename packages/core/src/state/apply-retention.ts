import { KernelError } from '@tksm/abstractions';
import type { JobRecord, Position, RecordsRetired } from '@tksm/abstractions';
import { jobOf } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

/** Takes settled jobs and answers to commands out of the state, and counts them. */
export function applyRetirement(state: KernelState, event: RecordsRetired, position: Position): void {
  const { retired } = state;
  for (const id of event.jobs) {
    const job = state.jobs.get(id);
    if (job?.outcome === undefined) throw unexpected(position, `job ${id}, which has not settled`);
    state.jobs.delete(id);
    state.touch('job', id);
    retired[job.outcome.status] += 1;
    if (job.cmd !== undefined) retired.named += 1;
  }
  for (const cmd of event.commands ?? []) {
    if (!state.commands.delete(cmd)) throw unexpected(position, `command ${cmd}, which has no answer`);
    state.touch('command', cmd);
    retired.commands += 1;
    retired.named += 1;
  }
  retired.until = position + 1;
}

/** Puts a retired job back. */
export function applyRecall(state: KernelState, record: JobRecord): void {
  state.jobs.set(record.id, jobOf(record));
  state.touch('job', record.id);
  if (record.outcome !== undefined) state.retired[record.outcome.status] -= 1;
}

function unexpected(position: Position, what: string): KernelError {
  return new KernelError('LogDamaged', `event ${position} retires ${what}`, { data: { position } });
}
