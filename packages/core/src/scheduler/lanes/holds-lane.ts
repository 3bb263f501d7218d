import type { JobState } from '../../state/job-state.ts';

/**
 * Whether a job that has begun keeps the lane of its agent: while it runs, and while it is to be tried again, so that none
 * overtakes it. What waits for something else (children, a message, a time of its own choosing, a person) gives it up.
 */
export function holdsLane(job: JobState): boolean {
  if (job.outcome ?? job.held ?? job.returned) return false;
  return job.lease !== undefined || job.retryAt !== undefined || job.interruptions > 0;
}
