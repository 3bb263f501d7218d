import type { Instant } from '@tksm/abstractions';

/** What can fall due to a job. */
export const JOB_SORTS = ['ready', 'deadline', 'cancel'] as const;
/** What can fall due. */
export type DueSort = (typeof JOB_SORTS)[number] | 'tick' | 'breaker' | 'token' | 'calm' | 'capability';

/** What is to happen at some moment, and to whom. */
export interface Due {
  readonly at: Instant;
  readonly id: string;
  readonly what: DueSort;
}

/** Entries below which it is not worth looking for those that hold no more. */
const LEAST_PRUNED = 1_024;

/**
 * A binary heap of moments. Entries are not taken back one by one: whoever pops one checks that it still holds, and
 * `prune` drops those that do not. Source: Cormen et al., Introduction to Algorithms, heaps.
 */
export class DueQueue {
  #heap: Due[] = [];
  readonly #holds = new Map<DueSort, (due: Due) => boolean>();
  /** Entries that the last look left. */
  #kept = 0;

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

  /** Says how it is known whether entries of some sorts still hold. */
  judge(sorts: readonly DueSort[], holds: (due: Due) => boolean): void {
    for (const what of sorts) this.#holds.set(what, holds);
  }

  /** Drops entries that hold no more, once they may be half of all: a constant cost for each entry. */
  prune(): void {
    if (this.#heap.length <= LEAST_PRUNED || this.#heap.length <= 2 * this.#kept) return;
    // A sorted list is a heap.
    this.#heap = this.#heap
      .filter((due) => this.#holds.get(due.what)?.(due) ?? true)
      .sort((a, b) => a.at - b.at);
    this.#kept = this.#heap.length;
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
