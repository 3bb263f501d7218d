import type { JobSpec } from '@tksm/abstractions';
import { Tally } from './tally.ts';

/** A job that is about to be recorded. */
export interface Submission {
  readonly spec: JobSpec;
}

/** Places that are taken for jobs which are about to be recorded. To be released, however that ends. */
export class Reservation {
  readonly #all: Tally;
  readonly #left: Tally;

  /** @param all places that are reserved by anybody */
  constructor(all: Tally, jobs: readonly Submission[]) {
    this.#all = all;
    this.#left = Tally.of(jobs);
    all.include(this.#left);
  }

  /** Gives places of these jobs back to be used at once, by recording them. Each once. */
  use(jobs: readonly Submission[]): void {
    const used = Tally.of(jobs);
    this.#left.include(used, -1);
    this.#all.include(used, -1);
  }

  release(): void {
    this.#all.include(this.#left, -1);
  }
}
