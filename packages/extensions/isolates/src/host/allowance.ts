/**
 * A token bucket: so much at once, and so much a second in the long run. Source: Turner, New Directions in Communications, 1986.
 */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #at: number | undefined;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** Takes one, at a monotonic time in ms; false when there is none left. */
  take(now: number): boolean {
    const passedMs = now - (this.#at ?? now);
    this.#at = now;
    this.#left = Math.min(this.#burst, this.#left + (passedMs * this.#perSecond) / 1_000);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
