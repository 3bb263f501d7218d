import type { Instant } from '@tksm/abstractions';

/** How far apart two samples are at least. */
const SAMPLE_MS = 1_000;
/** Advice where nothing has settled lately. */
const UNKNOWN_MS = 1_000;
const LEAST_MS = 10;
const MOST_MS = 60_000;

interface Sample {
  readonly at: Instant;
  readonly settled: number;
}

/** How fast jobs settle, over the last one to two seconds in which any frame was written. Advice: nothing depends on it. */
export class DrainRate {
  #before: Sample = { at: 0, settled: 0 };
  #last: Sample = { at: 0, settled: 0 };

  /** Takes note of how many have settled by now. */
  sample(at: Instant, settled: number): void {
    if (at - this.#last.at < SAMPLE_MS) return;
    this.#before = this.#last;
    this.#last = { at, settled };
  }

  /** How long it takes until so many more have settled, at the rate so far. In ms, from 10 to 60,000. */
  msUntil(places: number, now: Instant, settled: number): number {
    const { at, settled: before } = this.#before.at === 0 ? this.#last : this.#before;
    const elapsedMs = now - at;
    if (at === 0 || elapsedMs <= 0 || settled <= before) return UNKNOWN_MS;
    const ms = Math.ceil((places * elapsedMs) / (settled - before));
    return Math.min(Math.max(ms, LEAST_MS), MOST_MS);
  }
}
