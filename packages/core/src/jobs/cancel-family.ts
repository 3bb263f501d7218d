import type { HandleId, KernelEvent } from '@tksm/abstractions';
import type { Families } from '../scheduler/families.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { cancelled } from './settlement.ts';

/** The events that cancel an open job and every open descendant that it waits for, parents first. */
export function cancelFamily(
  job: JobState,
  reason: string,
  by: HandleId,
  scope: { readonly state: KernelState; readonly families: Families },
): KernelEvent[] {
  return [...family(job, scope)].map((one) => cancellation(one, reason, by));
}

/**
 * As `cancelFamily`, but at most so many events at once, the job with the last of them: to be asked again until then. Parts
 * of a family that were told before are left out.
 */
export function cancelFamilyPart(
  job: JobState,
  reason: string,
  by: HandleId,
  { most, ...scope }: { readonly state: KernelState; readonly families: Families; readonly most: number },
): KernelEvent[] {
  const left = [...family(job, scope)].filter(({ cancelling }) => cancelling === undefined);
  const part = left.length <= most ? left : left.slice(1, 1 + most);
  return part.map((one) => cancellation(one, reason, by));
}

/** The event that cancels a job: at once, or by telling its handler. */
export function cancellation(job: JobState, reason: string, by: HandleId): KernelEvent {
  if (job.lease === undefined) return cancelled(job, reason);
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
