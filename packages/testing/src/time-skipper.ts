// Guarantees:
// 1. Time moves only while somebody waits, or inside `exclusively`.
// 2. It moves to the next due moment, one at a time, and only when nothing is left to run and `maySkip` agrees.
// 3. Where it may not move, the skipper sleeps until something asks for time again: it never spins.

import type { VirtualClock } from '@tksm/drivers-memory';

export interface WaitOptions {
  /** Move time even while handlers are busy: to wait for an end that must come, such as a drain's. */
  readonly force?: boolean;
}

/** Moves virtual time for those who wait for something. */
export class TimeSkipper {
  readonly #clock: VirtualClock;
  readonly #maySkip: () => boolean;
  #waiting = 0;
  #forced = 0;
  #loop: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(clock: VirtualClock, maySkip: () => boolean) {
    this.#clock = clock;
    this.#maySkip = maySkip;
  }

  /** Waits for a promise and lets time pass for it. Rejects with what a call of the clock throws, too. */
  async wait<T>(promise: Promise<T>, options: WaitOptions = {}): Promise<T> {
    const weight = options.force === true ? 1 : 0;
    this.#waiting += 1;
    this.#forced += weight;
    this.poke();
    this.#loop ??= this.#run();
    const loop = this.#loop;
    try {
      return await Promise.race([promise, new Promise<never>((_, reject) => void loop.catch(reject))]);
    } finally {
      this.#waiting -= 1;
      this.#forced -= weight;
      this.poke();
    }
  }

  /** Something changed: look again. */
  poke(): void {
    this.#wake();
  }

  /** Moves the clock by hand; one mover at a time. */
  exclusively<T>(move: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(move);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting > 0) {
        const poked = new Promise<void>((resolve) => (this.#wake = resolve));
        if (await this.exclusively(() => this.#skip())) continue;
        if (this.#waiting > 0) await poked;
      }
    } finally {
      this.#loop = undefined;
    }
  }

  /** Runs what is due now, then moves to the next due moment if that is right; false when it is not. */
  async #skip(): Promise<boolean> {
    await this.#clock.runUntilIdle();
    if (this.#waiting === 0 || !(this.#forced > 0 || this.#maySkip())) return false;
    return await this.#clock.advanceToNext();
  }
}
