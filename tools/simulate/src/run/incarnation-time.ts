import type { Cancellation, Clock, Instant, Timers } from '@tksm/abstractions';
import type { VirtualClock } from '@tksm/drivers-memory';

/** Virtual time as one incarnation sees it: after `cut`, nothing that a dead process asked for happens. */
export class IncarnationTime implements Clock, Timers {
  readonly #clock: VirtualClock;
  #cut = false;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  now(): Instant {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, call: () => void): Cancellation {
    if (this.#cut) return { cancel: () => undefined };
    return this.#clock.after(delayMs, () => {
      if (!this.#cut) call();
    });
  }

  soon(call: () => void): void {
    if (this.#cut) return;
    this.#clock.soon(() => {
      if (!this.#cut) call();
    });
  }

  /** Lets time pass. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (ms === 0) this.soon(resolve);
      else this.after(ms, resolve);
    });
  }

  cut(): void {
    this.#cut = true;
  }
}
