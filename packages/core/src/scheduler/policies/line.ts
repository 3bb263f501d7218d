import { isBefore } from '@tksm/abstractions';
import type { ReadyJob } from '@tksm/abstractions';
import { IndexedHeap } from '../indexed-heap.ts';

/** Places given away, or holes, before a queue is worth shortening. */
const LEAST_COMPACTED = 1_024;
/** Places given away before an empty queue lets go of its memory: one that is filled and emptied all the time keeps it. */
const LEAST_EMPTIED = 32;

/** Those that came late know their index in the heap by a place below zero. */
const LATE = {
  before: isBefore,
  indexOf: (job: ReadyJob): number => -job.place - 1,
  setIndex: (job: ReadyJob, index: number): void => {
    job.place = -index - 1;
  },
};

/**
 * Jobs in the order in which they became ready. Those that come in this order, nearly all, are queued in O(1); one that
 * comes late waits in a heap beside the queue. Removal leaves a hole that `shift` steps over.
 */
export class Line {
  #queue: (ReadyJob | undefined)[] = [];
  #head = 0;
  /** Places that were cut off in front. */
  #cut = 0;
  #holes = 0;
  #late: IndexedHeap<ReadyJob> | undefined;
  #last: ReadyJob | undefined;

  get size(): number {
    return this.#queue.length - this.#head - this.#holes + (this.#late?.size ?? 0);
  }

  /** The job that `shift` would give. */
  get first(): ReadyJob | undefined {
    const early = this.#front();
    const late = this.#late?.first;
    return late !== undefined && (early === undefined || isBefore(late, early)) ? late : early;
  }

  push(job: ReadyJob): void {
    const last = this.#last;
    if (last !== undefined && isBefore(job, last)) {
      (this.#late ??= new IndexedHeap(LATE)).push(job);
      return;
    }
    this.#last = job;
    job.place = this.#cut + this.#queue.length;
    this.#queue.push(job);
  }

  remove(job: ReadyJob): boolean {
    if (job.place < 0) return this.#late?.remove(job) ?? false;
    const index = job.place - this.#cut;
    if (index < this.#head || this.#queue[index] !== job) return false;
    this.#queue[index] = undefined;
    this.#holes += 1;
    const empty = this.#head + this.#holes;
    if (empty > LEAST_COMPACTED && empty * 2 > this.#queue.length) this.#close();
    return true;
  }

  shift(): ReadyJob | undefined {
    const early = this.#front();
    if (this.#late !== undefined) {
      const late = this.#late.first;
      if (late !== undefined && (early === undefined || isBefore(late, early))) return this.#late.shift();
    }
    if (early === undefined) return undefined;
    this.#queue[this.#head++] = undefined;
    this.#compact();
    return early;
  }

  /** The first of the queue, behind the holes. */
  #front(): ReadyJob | undefined {
    const queue = this.#queue;
    while (this.#head < queue.length) {
      const job = queue[this.#head];
      if (job !== undefined) return job;
      this.#head += 1;
      this.#holes -= 1;
    }
    return undefined;
  }

  #compact(): void {
    const head = this.#head;
    const { length } = this.#queue;
    if (head === length) {
      this.#last = undefined;
      if (head < LEAST_EMPTIED) return;
      this.#queue = [];
    } else if (head > LEAST_COMPACTED && head * 2 > length) this.#queue = this.#queue.slice(head);
    else return;
    this.#cut += head;
    this.#head = 0;
  }

  /** Leaves the holes out. */
  #close(): void {
    const queue = this.#queue.filter((job) => job !== undefined);
    this.#head = this.#holes = this.#cut = 0;
    for (const [index, job] of queue.entries()) job.place = index;
    this.#queue = queue;
  }
}
