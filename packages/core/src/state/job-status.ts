import type { Instant, JobStatus } from '@tksm/abstractions';
import type { JobState } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

/** Status of a job as of the state's last frame. Derived each time: nothing stores it. */
export function statusOf(job: JobState, state: KernelState): JobStatus {
  if (job.outcome !== undefined) return job.outcome.status;
  if (job.held !== undefined) return 'held';
  if (job.lease !== undefined) return 'running';
  if (job.returned !== undefined) return 'waiting';
  if (isBlocked(job, state)) return 'blocked';
  return readyAt(job) > state.time ? 'delayed' : 'queued';
}

/** The earliest moment a job may be leased. */
export function readyAt(job: JobState): Instant {
  return Math.max(job.retryAt ?? 0, job.spec.notBefore ?? 0);
}

/** Whether a job waits for a dependency. One that ended badly counts as met: what follows is an event of its own. */
function isBlocked(job: JobState, state: KernelState): boolean {
  return job.spec.dependsOn?.some((id) => state.jobs.get(id)?.outcome === undefined) ?? false;
}
