import type { Cancellation, Clock, Instant, Timers } from '@tksm/abstractions';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * Virtual time as one incarnation of a kernel sees it. After `cut` nothing of it runs any more: what a dead process has
 * asked for never happens.
 */
export class IncarnationTime implements Clock, Timers {
  readonly #clock: VirtualClock;
  readonly #asked: () => void;
  readonly #pending = new Set<Cancellation>();
  #cut = false;

  /** `asked` is called whenever something is to run, now or later. */
  constructor(clock: VirtualClock, asked: () => void = () => undefined) {
    this.#clock = clock;
    this.#asked = asked;
  }

  now(): Instant {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, call: () => void): Cancellation {
    if (this.#cut) return { cancel: () => undefined };
    const timer = this.#clock.after(delayMs, () => {
      this.#pending.delete(timer);
      call();
    });
    this.#pending.add(timer);
    this.#asked();
    return {
      cancel: () => {
        this.#pending.delete(timer);
        timer.cancel();
      },
    };
  }

  soon(call: () => void): void {
    if (this.#cut) return;
    this.#clock.soon(() => {
      if (!this.#cut) call();
    });
    this.#asked();
  }

  cut(): void {
    this.#cut = true;
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }
}
