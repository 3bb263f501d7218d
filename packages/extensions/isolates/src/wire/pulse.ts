/** What a handler's thread shares with whoever watches over it: three counters. */
const BEATS = 0;
const WAITING = 1;
const MAIL = 2;

export const PULSE_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT;

/** The pulse of a handler's thread, in memory that both sides see: it needs no turn of the loop that it is about. */
export class Pulse {
  readonly #counters: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.#counters = new Int32Array(shared);
  }

  /** The loop has come round. */
  beat(): void {
    Atomics.add(this.#counters, BEATS, 1);
  }

  get beats(): number {
    return Atomics.load(this.#counters, BEATS);
  }

  /** Whether the thread stands still because it waits for an answer: no fault of its handler's. */
  get isWaiting(): boolean {
    return Atomics.load(this.#counters, WAITING) === 1;
  }

  /** A message was posted to the thread. */
  mail(): void {
    Atomics.add(this.#counters, MAIL, 1);
    Atomics.notify(this.#counters, MAIL);
  }

  /** Lets the thread stand still until `look` finds something in its mail. */
  waitFor<T>(look: () => T | undefined): T {
    Atomics.store(this.#counters, WAITING, 1);
    try {
      for (;;) {
        const seen = Atomics.load(this.#counters, MAIL);
        const found = look();
        if (found !== undefined) return found;
        Atomics.wait(this.#counters, MAIL, seen);
      }
    } finally {
      Atomics.store(this.#counters, WAITING, 0);
    }
  }
}
