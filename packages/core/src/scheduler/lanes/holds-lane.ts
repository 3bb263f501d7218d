import type { JobState } from '../../state/job-state.ts';

/**
 * Whether a job that has begun keeps the lane of its agent: while it runs, and while it is to be tried again, so that none
 * overtakes it. What waits for something else (children, a message, a time of its own choosing, a person, a dependency that
 * was put back and may be in the same lane) gives it up.
 */
export function holdsLane(job: JobState, isBlocked: (job: JobState) => boolean): boolean {
  if (job.outcome ?? job.held ?? job.returned) return false;
  if (job.lease !== undefined) return true;
  return (job.retryAt !== undefined || job.interruptions > 0) && !isBlocked(job);
}
