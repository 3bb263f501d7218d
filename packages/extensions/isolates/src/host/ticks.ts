import type { Cancellation, Timers } from '@tksm/abstractions';

/** A call again and again, while it is wanted. */
export class Ticks {
  readonly #timers: Timers;
  readonly #everyMs: number;
  #timer: Cancellation | undefined;

  constructor(timers: Timers, everyMs: number) {
    this.#timers = timers;
    this.#everyMs = everyMs;
  }

  start(call: () => void): void {
    this.stop();
    this.#timer = this.#timers.after(this.#everyMs, () => {
      this.start(call);
      call();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
