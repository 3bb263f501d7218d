import type { Instant, JobId } from '@tksm/abstractions';

/** What is to happen to a job at some moment. */
export interface Due {
  readonly at: Instant;
  readonly job: JobId;
  readonly what: 'ready' | 'deadline' | 'cancel';
}

/**
 * A binary heap of moments. Entries are never taken back: whoever pops one checks that it still holds. Source: Cormen
 * et al., Introduction to Algorithms, heaps.
 */
export class DueQueue {
  readonly #heap: Due[] = [];

  get next(): Instant | undefined {
    return this.#heap[0]?.at;
  }

  push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= due.at) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  /** Removes and gives the earliest entry that is due by `now`. */
  pop(now: Instant): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(due: Due): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && right.at < left.at) child += 1;
      const lower = heap[child];
      if (lower === undefined || lower.at >= due.at) break;
      heap[at] = lower;
      at = child;
    }
    heap[at] = due;
  }
}
