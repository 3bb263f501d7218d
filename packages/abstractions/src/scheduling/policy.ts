import type { Instant, JobId } from '../runtime/ids.ts';
import type { Priority } from '../jobs/job.ts';

/** A job that may run now, as a policy sees it. The same object from `add` until `next` or `remove`. */
export interface ReadyJob {
  readonly id: JobId;
  readonly priority: Priority;
  /** Who it counts against; '' when it names nobody. */
  readonly origin: string;
  readonly agent: string | undefined;
  readonly deadline: Instant | undefined;
  /** Since when it could run: submitted or due, whichever came later. */
  readonly since: Instant;
  /** Order of submission: decides between two of the same `since`. */
  readonly sequence: number;
  /** A note of the policy that holds the job, for example where it put it; nobody else looks at it. */
  place: number;
}

/**
 * Orders the jobs that may run now. What it keeps is advisory: after a restart the kernel adds the ready jobs again, in
 * order, and the choice that counts is the logged lease. Each call costs O(log n) or less.
 */
export interface SchedulingPolicy {
  readonly name: string;
  /** Jobs that it holds. */
  readonly size: number;
  /**
   * Takes a job that it does not hold. Nearly always the youngest; one that was held back for a while comes with its old
   * `since` and `sequence`, and stands where it stood.
   */
  add(job: ReadyJob): void;
  /** Removes a job that is not ready any more; false when it does not hold it. */
  remove(job: ReadyJob): boolean;
  /** Removes and gives the job to run next: undefined only when it holds none. */
  next(now: Instant): ReadyJob | undefined;
}

/** Whether one job became ready before another. */
export function isBefore(one: ReadyJob, other: ReadyJob): boolean {
  return one.since < other.since || (one.since === other.since && one.sequence < other.sequence);
}

/** What a policy may ask about the kernel around it. */
export interface PolicyContext {
  /** Share of an origin, a whole number from 1: settings say so, and may say otherwise the next time. */
  readonly weightOf: (origin: string) => number;
}

/** Makes policies of one name: one for each pool, and anew for each incarnation and each change of policy. */
export interface PolicyFactory {
  /** Chosen by the setting `tksm.scheduler.policy`. One that is not built in has a dot in its name: `acme.shortest-first`. */
  readonly name: string;
  create(context: PolicyContext): SchedulingPolicy;
}
