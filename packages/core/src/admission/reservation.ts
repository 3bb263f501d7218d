import type { JobSpec } from '@tksm/abstractions';
import type { Tally } from './tally.ts';

/** A job that is about to be recorded. */
export interface Submission {
  readonly spec: JobSpec;
}

/** Places that are taken for jobs which are about to be recorded. To be released, however that ends. */
export class Reservation {
  readonly #tally: Tally;
  readonly #left: Set<Submission>;

  constructor(tally: Tally, jobs: readonly Submission[]) {
    this.#tally = tally;
    this.#left = new Set(jobs);
    for (const { spec } of jobs) tally.add(spec);
  }

  /** Gives places back to be used at once, by recording these very jobs. */
  use(jobs: readonly Submission[]): void {
    for (const job of jobs) if (this.#left.delete(job)) this.#tally.add(job.spec, -1);
  }

  release(): void {
    this.use([...this.#left]);
  }
}
