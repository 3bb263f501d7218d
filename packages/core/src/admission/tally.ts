import type { JobSpec } from '@tksm/abstractions';
import { queueOf } from '../state/open-counts.ts';

/** A bounded queue. */
export type Queue = NonNullable<ReturnType<typeof queueOf>>;

/** Places that submissions ask for, by queue and origin. */
export class Tally {
  readonly #counts = { queued: new Map<string, number>(), children: new Map<string, number>() };
  readonly #totals = { queued: 0, children: 0 };

  add(spec: JobSpec, by = 1): void {
    const queue = queueOf(spec);
    if (queue !== undefined) this.count(queue, spec.origin ?? '', by);
  }

  count(queue: Queue, origin: string, by: number): void {
    const counts = this.#counts[queue];
    this.#totals[queue] += by;
    const count = (counts.get(origin) ?? 0) + by;
    if (count === 0) counts.delete(origin);
    else counts.set(origin, count);
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
