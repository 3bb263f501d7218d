import type { Instant, JobId, JobStatus, JobView } from '@tksm/abstractions';
import type { JobState } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

/** Status of a job as of the state's last frame. Derived each time: nothing stores it. */
export function statusOf(job: JobState, state: KernelState): JobStatus {
  if (job.outcome !== undefined) return job.outcome.status;
  if (job.held !== undefined) return 'held';
  if (job.lease !== undefined) return 'running';
  if (job.returned !== undefined || isWaiting(job, state.time)) return 'waiting';
  if (isBlocked(job, state)) return 'blocked';
  return readyAt(job) > state.time ? 'delayed' : 'queued';
}

/** What a job with the status `waiting` waits for. */
export function waitingFor({ returned, wait }: JobState): JobView['waitingFor'] {
  if (returned !== undefined) return 'children';
  return wait?.message === undefined ? 'time' : 'message';
}

/** The earliest moment a job may be leased; infinite while only a message brings it. */
export function readyAt(job: JobState): Instant {
  return Math.max(job.retryAt ?? 0, job.spec.notBefore ?? 0, waitsUntil(job));
}

function isWaiting(job: JobState, now: Instant): boolean {
  return job.wait !== undefined && waitsUntil(job) > now;
}

function waitsUntil({ wait }: JobState): Instant {
  if (wait === undefined || wait.arrived !== undefined) return 0;
  return wait.until ?? Number.POSITIVE_INFINITY;
}

/**
 * Whether a job waits for a dependency. One that ended badly counts as met: what follows is an event of its own. One
 * that is not in the state has retired, and none does that an open job waits for.
 */
export function isBlocked(job: JobState, state: KernelState): boolean {
  const isOpen = (id: JobId): boolean => {
    const dependency = state.jobs.get(id);
    return dependency !== undefined && dependency.outcome === undefined;
  };
  return job.spec.dependsOn?.some(isOpen) ?? false;
}
