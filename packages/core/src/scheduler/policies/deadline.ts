import { isBefore } from '@tksm/abstractions';
import type { ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { IndexedHeap } from '../indexed-heap.ts';

const EARLIEST_FIRST = {
  before: (one: ReadyJob, other: ReadyJob): boolean => {
    const { deadline = Number.POSITIVE_INFINITY } = one;
    const { deadline: others = Number.POSITIVE_INFINITY } = other;
    return deadline < others || (deadline === others && isBefore(one, other));
  },
  indexOf: ({ place }: ReadyJob): number => place,
  setIndex: (job: ReadyJob, index: number): void => {
    job.place = index;
  },
};

/**
 * Earliest deadline first; those without one come last, in the order in which they became ready, and there is no ageing.
 * Best while everything can be done in time. Source: Liu and Layland, Scheduling Algorithms for Multiprogramming in a
 * Hard-Real-Time Environment (1973).
 */
export class DeadlinePolicy implements SchedulingPolicy {
  readonly name = 'deadline';
  readonly #heap = new IndexedHeap<ReadyJob>(EARLIEST_FIRST);

  get size(): number {
    return this.#heap.size;
  }

  add(job: ReadyJob): void {
    this.#heap.push(job);
  }

  remove(job: ReadyJob): boolean {
    return this.#heap.remove(job);
  }

  next(): ReadyJob | undefined {
    return this.#heap.shift();
  }
}
