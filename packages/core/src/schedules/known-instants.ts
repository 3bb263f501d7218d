import type { Instant } from '@tksm/abstractions';

/**
 * Consecutive instants, as they were found one after another: all that lie after `#from`, up to the last one. Schedules that
 * share a pattern move over the same ones, so that each is worked out once.
 */
export class KnownInstants {
  #from: Instant = Number.POSITIVE_INFINITY;
  #instants: Instant[] = [];

  /** The first instant after another; undefined when it is not known. */
  next(after: Instant): Instant | undefined {
    const known = this.#instants;
    if (after < this.#from || after >= (known.at(-1) ?? 0)) return undefined;
    let [low, high] = [0, known.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((known[middle] ?? 0) > after) high = middle;
      else low = middle + 1;
    }
    return known[low];
  }

  /** Takes in that `next` is the first instant after another. Starts anew where it joins nothing, and beyond `most`. */
  learn(after: Instant, next: Instant, most: number): void {
    const known = this.#instants;
    if (after === known.at(-1) && known.length < most) {
      known.push(next);
    } else if (next === known[0]) {
      this.#from = Math.min(this.#from, after);
    } else {
      this.#from = after;
      this.#instants = [next];
    }
  }
}
