import type { JobId } from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';

/** Taken entries after which the list is made anew. */
const COMPACT_AFTER = 4_096;

/** Settled jobs, longest settled first. May name a job twice, or one that is settled no more: whoever takes one looks. */
export class SettledQueue {
  #ids: JobId[];
  #head = 0;

  constructor(state: KernelState) {
    const settled = [...state.jobs.values()].filter(({ outcome }) => outcome !== undefined);
    settled.sort((a, b) => (a.settledAt ?? 0) - (b.settledAt ?? 0) || a.position - b.position);
    this.#ids = settled.map(({ id }) => id);
  }

  get length(): number {
    return this.#ids.length - this.#head;
  }

  push(id: JobId): void {
    this.#ids.push(id);
  }

  /** The entry that `place` others come before. */
  at(place: number): JobId | undefined {
    return this.#ids[this.#head + place];
  }

  shift(): JobId | undefined {
    const first = this.#ids[this.#head];
    if (first !== undefined) this.#head += 1;
    if (this.#head >= COMPACT_AFTER && this.#head * 2 >= this.#ids.length) {
      this.#ids = this.#ids.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }
}
