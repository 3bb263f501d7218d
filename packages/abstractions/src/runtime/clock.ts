import type { Instant } from './ids.ts';

/** Tells the time. */
export interface Clock {
  /** Wall time. May jump. */
  now(): Instant;
  /** Milliseconds since some fixed moment, with fractions. Never goes back; for durations. */
  monotonic(): number;
}

/** A timer or deferred call that can be taken back. */
export interface Cancellation {
  cancel(): void;
}

/** Runs things later. All waiting goes through here, so that tests can own time. */
export interface Timers {
  /** Calls once, `delayMs` from now at the earliest. Keeps a process alive while it waits. */
  after(delayMs: number, call: () => void): Cancellation;
  /** Calls once, after what is running now and the promises it has settled. */
  soon(call: () => void): void;
}
