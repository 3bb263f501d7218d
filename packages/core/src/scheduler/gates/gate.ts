import type { Instant } from '@tksm/abstractions';
import type { JobState } from '../../state/job-state.ts';

/**
 * Holds ready jobs back for a reason that no policy knows: a quota, a pause, a lane, a breaker. A job for which it has no
 * room is parked under its key, and not looked at again until the key opens.
 *
 * It is attached to the dispatcher (`use`) only while it may hold something back: a kernel that does not use the feature
 * does not ask it. What it counts are sets of jobs, made of `leased` and `freed`: on attaching it is told of every job
 * that is leased already.
 */
export interface Gate {
  /** Its name, for people: one gate of a name at a time. */
  readonly name: string;
  /** Whether its jobs are let through one by one in the order in which they became ready, whatever a policy would choose. */
  readonly inOrder?: true;
  /** What a job is counted under; undefined when the gate does not concern it. The same for as long as the gate is attached. */
  keyOf(job: JobState): string | undefined;
  /** How many more jobs of a key may be leased now. */
  room(key: string, now: Instant): number;
  /** Whether a job passes even though its key has no room. */
  exempts?(job: JobState): boolean;
  /** Why there is no room, as the end of "it waits: …". */
  reason(key: string): string;
  /** A job was leased. */
  leased?(job: JobState): void;
  /** A job is leased no more, or was settled or held without a lease. May come more than once. */
  freed?(job: JobState): void;
  /** A job is parked under a key: when that opens by time alone, this is the moment to set an alarm that calls `opened`. */
  parked?(key: string, now: Instant): void;
}
