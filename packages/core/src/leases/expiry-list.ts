/** Something whose time runs out unless it is taken away or renewed before. Its list links it, so that nothing is made for it. */
export abstract class Expiring {
  /** Monotonic time at which it expires, in ms. */
  due = 0;
  list: ExpiryList | undefined = undefined;
  before: Expiring | undefined = undefined;
  after: Expiring | undefined = undefined;

  /** Its time has run out. It is in no list any more. */
  abstract expired(): void;
}

/**
 * What expires after one and the same time. Whoever comes later expires later, so the order of coming is the order of
 * expiry, and to add, to remove and to renew cost the same however many there are. Source: Varghese and Lauck, Hashed and
 * Hierarchical Timing Wheels, scheme 2 for one interval.
 */
export class ExpiryList {
  readonly afterMs: number;
  #first: Expiring | undefined;
  #last: Expiring | undefined;

  constructor(afterMs: number) {
    this.afterMs = afterMs;
  }

  get first(): Expiring | undefined {
    return this.#first;
  }

  /** @param now monotonic; never less than at an earlier call */
  push(entry: Expiring, now: number): void {
    entry.due = now + this.afterMs;
    entry.list = this;
    entry.before = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.after = entry;
    this.#last = entry;
  }

  remove(entry: Expiring): void {
    const { before, after } = entry;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    entry.list = entry.before = entry.after = undefined;
  }
}
