import type { HandleId, KernelEvent } from '@tksm/abstractions';
import type { Families } from '../scheduler/families.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { cancelled } from './settlement.ts';

/** Jobs that are cancelled in one group, so that it fits in a frame; the rest is left to the next one. */
export const MOST_CANCELLED = 2_000;

/** The events that cancel jobs, and how many jobs are left for those who ask again. */
export interface Cancellations {
  readonly events: readonly KernelEvent[];
  readonly left: number;
}

/**
 * The events that cancel an open job and every open descendant that it waits for, parents first. Where these are more than
 * one group takes, the job itself comes with the last of them; what was told before is left out.
 */
export function cancelFamily(
  job: JobState,
  reason: string,
  by: HandleId,
  scope: { readonly state: KernelState; readonly families: Families },
): Cancellations {
  const open = [...family(job, scope)].filter((one) => one === job || one.cancelling === undefined);
  const part = open.length <= MOST_CANCELLED ? open : open.slice(1, 1 + MOST_CANCELLED);
  return { events: part.map((one) => cancellation(one, reason, by)), left: open.length - part.length };
}

/** The event that cancels a job: at once, or by telling its handler. */
export function cancellation(job: JobState, reason: string, by: HandleId): KernelEvent {
  if (job.lease === undefined) return { ...cancelled(job, reason), by };
  return { type: 'job.cancelling', v: 1, job: job.id, by, reason };
}

function* family(
  job: JobState,
  { state, families }: { readonly state: KernelState; readonly families: Families },
): Generator<JobState> {
  const open = [job];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    if (next.spec.childPolicy !== 'await') continue;
    for (const id of families.childrenOf(next.id)) {
      const child = state.jobs.get(id);
      if (child !== undefined && child.outcome === undefined) open.push(child);
    }
  }
}
