import type { JobSpec } from '@tksm/abstractions';
import { queueOf } from '../state/open-counts.ts';

/** A bounded queue. */
export type Queue = NonNullable<ReturnType<typeof queueOf>>;

/**
 * Places that submissions ask for: by queue and origin, and in lanes. Those that follow each other are often of one origin: such a run is
 * counted at once.
 */
export class Tally {
  readonly #counts = { queued: new Map<string, number>(), children: new Map<string, number>() };
  readonly #totals = { queued: 0, children: 0 };
  readonly #lanes = new Map<string, number>();

  static of(jobs: readonly { readonly spec: JobSpec }[]): Tally {
    const tally = new Tally();
    let run: { queue: Queue; origin: string; count: number } | undefined;
    for (const { spec } of jobs) {
      if (spec.agent !== undefined) tally.countLane(spec.agent, 1);
      const queue = queueOf(spec);
      if (queue === undefined) continue;
      const { origin = '' } = spec;
      if (run?.queue === queue && run.origin === origin) {
        run.count += 1;
        continue;
      }
      if (run !== undefined) tally.count(run.queue, run.origin, run.count);
      run = { queue, origin, count: 1 };
    }
    if (run !== undefined) tally.count(run.queue, run.origin, run.count);
    return tally;
  }

  /** Adds another's counts, or takes them away. */
  include(other: Tally, sign: 1 | -1 = 1): void {
    for (const { queue, origin, count } of other.entries()) this.count(queue, origin, sign * count);
    for (const [lane, count] of other.lanes) this.countLane(lane, sign * count);
  }

  count(queue: Queue, origin: string, by: number): void {
    const counts = this.#counts[queue];
    this.#totals[queue] += by;
    const count = (counts.get(origin) ?? 0) + by;
    if (count === 0) counts.delete(origin);
    else counts.set(origin, count);
  }

  countLane(lane: string, by: number): void {
    const count = this.inLane(lane) + by;
    if (count === 0) this.#lanes.delete(lane);
    else this.#lanes.set(lane, count);
  }

  /** By the names of the lanes. */
  get lanes(): ReadonlyMap<string, number> {
    return this.#lanes;
  }

  inLane(lane: string): number {
    return this.#lanes.get(lane) ?? 0;
  }

  total(queue: Queue): number {
    return this.#totals[queue];
  }

  of(queue: Queue, origin: string): number {
    return this.#counts[queue].get(origin) ?? 0;
  }

  *entries(): Generator<{ readonly queue: Queue; readonly origin: string; readonly count: number }> {
    for (const queue of ['queued', 'children'] as const)
      for (const [origin, count] of this.#counts[queue]) yield { queue, origin, count };
  }
}
