// Remembers where frames are, so that a read need not begin at the start of a segment. Holds hints only: a read checks what
// it finds. Bounded: when full, every second hint goes and the distance between hints doubles.

import type { Place } from './place.ts';

/** Hints kept. */
const MAX_PLACES = 4096;
/** Bytes between two hints, at first. */
const FIRST_STRIDE_BYTES = 64 * 1024;
/** Places kept where an append or a read ended: there the next read of a follower begins. */
const MAX_ENDS = 256;

export class PlaceIndex {
  #places: Place[] = [];
  #strideBytes = FIRST_STRIDE_BYTES;
  readonly #ends = new Map<number, Place>();

  /** Notes a place that was passed. */
  pass(place: Place): void {
    const last = this.#places.at(-1);
    if (last !== undefined) {
      if (place.head.position <= last.head.position) return;
      const isNear = place.segment === last.segment && place.offset - last.offset < this.#strideBytes;
      if (isNear) return;
    }
    this.#places.push(place);
    if (this.#places.length <= MAX_PLACES) return;
    this.#places = this.#places.filter((_, index) => index % 2 === 0);
    this.#strideBytes *= 2;
  }

  /** Notes where an append or a read ended. */
  end(place: Place): void {
    const { position } = place.head;
    this.#ends.delete(position);
    this.#ends.set(position, place);
    const oldest = this.#ends.keys().next();
    if (this.#ends.size > MAX_ENDS && oldest.done !== true) this.#ends.delete(oldest.value);
  }

  /** The place of exactly this position, if an append or a read ended there lately. */
  at(position: number): Place | undefined {
    return this.#ends.get(position);
  }

  /** The last place passed at or before a position. */
  before(position: number): Place | undefined {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const place = this.#places[middle];
      if (place !== undefined && place.head.position <= position) low = middle + 1;
      else high = middle;
    }
    return this.#places[low - 1];
  }

  /** Forgets everything: the log was cut. */
  clear(): void {
    this.#places = [];
    this.#ends.clear();
  }
}
