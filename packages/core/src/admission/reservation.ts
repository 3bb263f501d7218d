import type { JobSpec } from '@tksm/abstractions';
import { Tally } from './tally.ts';

/** A job that is about to be recorded. */
export interface Submission {
  readonly spec: JobSpec;
}

/** Places that are taken for jobs which are about to be recorded. To be released, however that ends. */
export class Reservation {
  readonly #all: Tally;
  readonly #left = new Tally();

  /** @param all places that are reserved by anybody */
  constructor(all: Tally, jobs: readonly Submission[]) {
    this.#all = all;
    for (const { spec } of jobs) this.#left.add(spec);
    for (const { queue, origin, count } of this.#left.entries()) all.count(queue, origin, count);
  }

  /** Gives places of these jobs back to be used at once, by recording them. Each once. */
  use(jobs: readonly Submission[]): void {
    for (const { spec } of jobs) {
      this.#left.add(spec, -1);
      this.#all.add(spec, -1);
    }
  }

  release(): void {
    for (const { queue, origin, count } of this.#left.entries()) this.#all.count(queue, origin, -count);
  }
}
