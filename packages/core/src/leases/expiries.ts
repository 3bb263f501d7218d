import type { Clock, Instant } from '@tksm/abstractions';
import { ExpiryList } from './expiry-list.ts';
import type { Expiring } from './expiry-list.ts';

/** Lists that are kept although they are empty: most jobs have one of a few timeouts. */
const KEPT_LISTS = 64;

/**
 * What expires in this incarnation: attempts by their timeout, and heartbeats. Guarantees:
 *
 * 1. It counts elapsed time: no clock that is set, and no jump that is believed, ends an attempt.
 * 2. An entry costs the same among a thousand others as alone, and leaves nothing behind when it is taken away.
 * 3. Of the entries it looks at the first of each duration alone, and only when one may be due.
 */
export class Expiries {
  readonly #clock: Clock;
  readonly #lists = new Map<number, ExpiryList>();
  #size = 0;
  /** Elapsed time of the next look: nothing expires before it. */
  #lookDue = Number.POSITIVE_INFINITY;
  /** The same as time of the zone, as it was told when it was set. */
  #lookAt: Instant = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#size;
  }

  /** When to look next, in the zone's time; infinite while there is nothing to look at. */
  get nextLook(): Instant {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#lookAt;
  }

  add(entry: Expiring, afterMs: number): void {
    let list = this.#lists.get(afterMs);
    if (list === undefined) this.#lists.set(afterMs, (list = new ExpiryList(afterMs)));
    const now = this.#clock.monotonic();
    // A look that is left from earlier entries is harmless while it lies ahead.
    if (this.#size === 0 && this.#lookDue <= now) this.#lookDue = Number.POSITIVE_INFINITY;
    this.#size += 1;
    list.push(entry, now);
    if (entry.due < this.#lookDue) this.#lookBy(entry.due, now);
  }

  /** Its time begins anew. */
  renew(entry: Expiring): void {
    const { list } = entry;
    if (list === undefined) return;
    list.remove(entry);
    list.push(entry, this.#clock.monotonic());
  }

  /** Takes an entry away, if it is there. */
  remove(entry: Expiring): void {
    const { list } = entry;
    if (list === undefined) return;
    list.remove(entry);
    this.#size -= 1;
    if (list.first === undefined && this.#lists.size > KEPT_LISTS) this.#lists.delete(list.afterMs);
  }

  /** Tells those whose time has run out. */
  expire(): void {
    const now = this.#clock.monotonic();
    this.#lookDue = Number.POSITIVE_INFINITY;
    for (const list of this.#lists.values()) {
      let { first } = list;
      for (; first !== undefined && first.due <= now; { first } = list) {
        this.remove(first);
        first.expired();
      }
      if (first !== undefined && first.due < this.#lookDue) this.#lookBy(first.due, now);
    }
  }

  #lookBy(due: number, now: number): void {
    this.#lookDue = due;
    this.#lookAt = this.#clock.now() + Math.ceil(due - now);
  }
}
