import type { VirtualClock } from '@tksm/drivers-memory';
import { Violation } from '../audit/violation.ts';

/** Timers that may ring before a run must have come to rest. */
const MAX_RINGS = 20_000;

/** Lets virtual time pass until something has happened, and no longer. */
export class Patience {
  readonly #clock: VirtualClock;
  readonly #isOver: () => boolean;

  constructor(clock: VirtualClock, isOver: () => boolean) {
    this.#clock = clock;
    this.#isOver = isOver;
  }

  /** Waits until a promise settles; undefined when the machine dies or the run ends before. @throws what it rejects with */
  async until<T>(promise: Promise<T>, what: string): Promise<T | undefined> {
    let settled: { readonly value?: T; readonly error?: unknown } | undefined;
    promise.then(
      (value) => (settled = { value }),
      (error: unknown) => (settled = { error }),
    );
    const isSettled = (): typeof settled => settled;
    for (let rings = 0; rings < MAX_RINGS; rings++) {
      await this.#clock.runUntilIdle();
      const end = isSettled();
      if (end !== undefined) {
        if ('error' in end) throw end.error;
        return end.value;
      }
      if (this.#isOver()) return undefined;
      if (!(await this.#clock.advanceToNext()) && isSettled() === undefined) break;
    }
    throw new Violation('nothing-stuck', `${what} never ends`);
  }

  /** Waits until no timer is left; false when the machine died or the run ended before. */
  async untilRest(): Promise<boolean> {
    for (let rings = 0; rings < MAX_RINGS; rings++) {
      if (this.#isOver()) return false;
      if (!(await this.#clock.advanceToNext())) return !this.#isOver();
    }
    throw new Violation('nothing-stuck', `timers ring for ever`);
  }
}
