import type { Instant } from '../runtime/ids.ts';

/** The right of one worker to run one job for a time. A result counts only under the job's current epoch. */
export interface Lease {
  /** Fencing token. */
  readonly epoch: number;
  readonly worker: string;
  readonly startedAt: Instant;
  readonly until: Instant;
}
