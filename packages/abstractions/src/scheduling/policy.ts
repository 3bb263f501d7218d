import type { Instant, JobId } from '../runtime/ids.ts';
import type { Priority } from '../jobs/job.ts';

/** What a policy may look at. */
export interface ReadyJob {
  readonly id: JobId;
  readonly priority: Priority;
  readonly origin: string;
  readonly agent: string | undefined;
  readonly deadline: Instant | undefined;
  /** Order of becoming ready; grows. */
  readonly sequence: number;
}

/**
 * Orders the jobs that may run now. What it keeps is advisory: after a restart the kernel adds the ready jobs again, in
 * order, and the choice that counts is the logged lease.
 */
export interface SchedulingPolicy {
  readonly name: string;
  readonly size: number;
  add(job: ReadyJob): void;
  /** Removes a job that is not ready any more; false when it was not there. */
  remove(id: JobId): boolean;
  /** Removes and gives the job to run next. */
  next(): JobId | undefined;
}
