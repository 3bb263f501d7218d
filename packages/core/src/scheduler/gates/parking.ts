import { isBefore } from '@tksm/abstractions';
import type { Instant, JobId } from '@tksm/abstractions';
import { IndexedHeap } from '../indexed-heap.ts';
import type { QueuedJob } from '../queued-job.ts';
import type { Gate } from './gate.ts';

const IN_ORDER = {
  before: isBefore,
  indexOf: (job: QueuedJob): number => job.place,
  setIndex: (job: QueuedJob, index: number): void => {
    job.place = index;
  },
};

/**
 * The jobs that a gate holds back under one key. Those let through and not leased yet are known, so that never more are
 * on their way than there is room for, and one that comes to nothing is followed by the next.
 */
export class Parking {
  readonly gate: Gate;
  readonly key: string;
  readonly #parked = new IndexedHeap<QueuedJob>(IN_ORDER);
  readonly #onTheWay = new Set<JobId>();

  constructor(gate: Gate, key: string) {
    this.gate = gate;
    this.key = key;
  }

  get size(): number {
    return this.#parked.size;
  }

  get isEmpty(): boolean {
    return this.#parked.size === 0 && this.#onTheWay.size === 0;
  }

  park(job: QueuedJob): void {
    job.at = this;
    this.#parked.push(job);
  }

  remove(job: QueuedJob): boolean {
    return this.#parked.remove(job);
  }

  /** Whether there is room for whatever comes. */
  isWideOpen(now: Instant): boolean {
    return this.gate.room(this.key, now) === Number.POSITIVE_INFINITY;
  }

  /** Lets the next job through when there is room for it. */
  letThrough(now: Instant): QueuedJob | undefined {
    if (this.#parked.size === 0 || this.gate.room(this.key, now) <= this.#onTheWay.size) return undefined;
    return this.#next();
  }

  /** Lets every job through, in order: nothing holds them back any more. */
  letGo(): QueuedJob[] {
    this.#onTheWay.clear();
    return this.#parked.takeAll();
  }

  /** A job that was let through has been leased, or went elsewhere. */
  arrived(job: JobId): boolean {
    return this.#onTheWay.delete(job);
  }

  #next(): QueuedJob | undefined {
    const job = this.#parked.shift();
    if (job !== undefined) this.#onTheWay.add(job.id);
    return job;
  }
}
