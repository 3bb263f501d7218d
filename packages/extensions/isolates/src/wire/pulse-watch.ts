import type { Pulse } from './pulse.ts';

/** Looks within one `stallMs`: so many of them without a beat are a stall. */
const LOOKS = 5;

/** How often to look at a pulse, in ms. */
export function lookEveryMs(stallMs: number): number {
  return Math.max(10, Math.ceil(stallMs / LOOKS));
}

/** How often a loop beats, in ms: twice between two looks. */
export function beatEveryMs(stallMs: number): number {
  return Math.max(5, Math.floor(lookEveryMs(stallMs) / 2));
}

/**
 * Tells a loop that is blocked from one that goes on. It counts looks, not time: a watcher that was itself held up for a
 * while, by a busy machine or one that slept, has looked once only.
 */
export class PulseWatch {
  readonly #pulse: Pulse;
  #beats: number;
  #silent = 0;

  constructor(pulse: Pulse) {
    this.#pulse = pulse;
    this.#beats = pulse.beats;
  }

  /** Whether the loop has been silent for too many looks. */
  look(): boolean {
    const { beats, isWaiting } = this.#pulse;
    this.#silent = beats === this.#beats && !isWaiting ? this.#silent + 1 : 0;
    this.#beats = beats;
    return this.#silent > LOOKS;
  }
}
