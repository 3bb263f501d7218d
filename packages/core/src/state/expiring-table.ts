import type { Instant } from '@tksm/abstractions';
import { IndexedHeap } from '../scheduler/indexed-heap.ts';

interface Kept<T> {
  readonly key: string;
  value: T;
  /** Where it is in the heap. */
  place: number;
}

type Ending = Kept<{ readonly until: Instant }>;

const FIRST_TO_END = {
  before: (one: Ending, other: Ending): boolean => one.value.until < other.value.until,
  indexOf: (kept: Ending): number => kept.place,
  setIndex: (kept: Ending, place: number): void => {
    kept.place = place;
  },
};

/**
 * Entries of the state that hold until some moment. Whoever adds one prunes first, by the time of the frame: so the table
 * holds no more than what held at that time, and a replay prunes the same.
 */
export class ExpiringTable<T extends { readonly until: Instant }> {
  readonly #kept = new Map<string, Kept<T>>();
  /** Derived. */
  readonly #ends = new IndexedHeap<Kept<T>>(FIRST_TO_END);

  get size(): number {
    return this.#kept.size;
  }

  /** When the next entry ends. */
  get nextEnd(): Instant | undefined {
    return this.#ends.first?.value.until;
  }

  /** How many have not ended. */
  holding(now: Instant): number {
    if (this.nextEnd === undefined || this.nextEnd > now) return this.size;
    let held = 0;
    for (const { value } of this.#kept.values()) if (value.until > now) held += 1;
    return held;
  }

  get(key: string): T | undefined {
    return this.#kept.get(key)?.value;
  }

  put(key: string, value: T): void {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      kept.value = value;
      this.#ends.moved(kept);
      return;
    }
    const added = { key, value, place: -1 };
    this.#kept.set(key, added);
    this.#ends.push(added);
  }

  /** Forgets what has ended; gives its keys. */
  prune(now: Instant): readonly string[] {
    const keys: string[] = [];
    for (
      let first = this.#ends.first;
      first !== undefined && first.value.until <= now;
      first = this.#ends.first
    ) {
      this.#ends.shift();
      this.#kept.delete(first.key);
      keys.push(first.key);
    }
    return keys;
  }

  /** In canonical order. */
  keys(): readonly string[] {
    return [...this.#kept.keys()].sort();
  }
}
