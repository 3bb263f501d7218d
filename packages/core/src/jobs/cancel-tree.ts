import type { HandleId, JobId } from '@tksm/abstractions';
import type { RetiredRecords } from '../retention/retired-records.ts';
import type { Families } from '../scheduler/families.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { cancellation, MOST_CANCELLED } from './cancel-family.ts';
import type { Cancellations } from './cancel-family.ts';

export interface TreeScope {
  readonly state: KernelState;
  readonly families: Families;
  readonly retired: RetiredRecords;
}

/**
 * The events that cancel the open jobs of a tree: a job and all its descendants, those it does not wait for and those of
 * settled ones included. What waits goes before what runs, so that nothing begins of which the end is known. `left` is how
 * many are for the next command.
 */
export function cancelTree(root: JobId, reason: string, by: HandleId, scope: TreeScope): Cancellations {
  const open = [...openIn(root, scope)];
  const pending = open.filter(({ lease }) => lease === undefined);
  const running = open.filter(({ lease, cancelling }) => lease !== undefined && cancelling === undefined);
  const all = [...pending, ...running];
  const events = all.slice(0, MOST_CANCELLED).map((job) => cancellation(job, reason, by));
  return { events, left: all.length - events.length };
}

function* openIn(root: JobId, { state, families, retired }: TreeScope): Generator<JobState> {
  const ids = [root];
  for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
    const job = state.jobs.get(id);
    if (job !== undefined && job.outcome === undefined) yield job;
    for (const child of retired.childrenOf(id)) ids.push(child);
    for (const child of families.childrenOf(id)) ids.push(child);
  }
}
