// Guarantees:
// 1. Time stands still except inside `advanceBy`, `advanceToNext` and `jumpBy`.
// 2. Calls run one at a time: those of `soon` in order, then the timers that are due by their time, then by their age.
// 3. Between two calls every settled promise has run on. What waits for a thread or a disk has not.

import { KernelError } from '@tksm/abstractions';
import type { Cancellation, Clock, Instant, Timers } from '@tksm/abstractions';

/** 2026-01-01T00:00Z. */
const DEFAULT_START = 1_767_225_600_000;

/** Calls without an advance of time before the clock declares a livelock. */
export const MAX_CALLS_AT_ONE_TIME = 1_000_000;

export interface VirtualClockOptions {
  /** Wall time at the start, in ms since 1970. */
  readonly start?: Instant;
  /**
   * `automatic` (default) runs what is due now in turns of the real event loop, so that awaiting code proceeds; time
   * still moves by hand alone. `manual` runs nothing outside the clock's own methods.
   */
  readonly soon?: 'automatic' | 'manual';
}

interface Waiting {
  readonly dueAt: number;
  readonly call: () => void;
}

/** Time as a test owns it. */
export class VirtualClock implements Clock, Timers {
  readonly #automatic: boolean;
  /** By due time, then by age. */
  readonly #timers: Waiting[] = [];
  #soon: (() => void)[] = [];
  #elapsedMs = 0;
  #wall: Instant;
  #running = false;
  #pumping = false;

  constructor(options: VirtualClockOptions = {}) {
    this.#wall = options.start ?? DEFAULT_START;
    this.#automatic = options.soon !== 'manual';
  }

  now(): Instant {
    return this.#wall;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  /** Wall time at which the next timer is due; undefined when none waits. */
  get nextDueAt(): Instant | undefined {
    const next = this.#timers[0];
    return next === undefined ? undefined : this.#wall + Math.max(0, next.dueAt - this.#elapsedMs);
  }

  /** Number of timers that wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  after(delayMs: number, call: () => void): Cancellation {
    const timer: Waiting = { dueAt: this.#elapsedMs + (delayMs > 0 ? delayMs : 0), call };
    let at = this.#timers.length;
    while (at > 0 && (this.#timers[at - 1]?.dueAt ?? 0) > timer.dueAt) at--;
    this.#timers.splice(at, 0, timer);
    if (timer.dueAt <= this.#elapsedMs) this.#pump();
    return {
      cancel: () => {
        const index = this.#timers.indexOf(timer);
        if (index !== -1) this.#timers.splice(index, 1);
      },
    };
  }

  soon(call: () => void): void {
    this.#soon.push(call);
    this.#pump();
  }

  /** Runs what is due now, and what that brings about, until nothing is left to run. Time stands still. */
  async runUntilIdle(): Promise<void> {
    await this.#exclusively(() => this.#settle());
  }

  /** Moves time forward, running each timer at its own time. Rejects with what a call throws. */
  async advanceBy(ms: number): Promise<void> {
    if (!(ms >= 0 && Number.isFinite(ms))) {
      throw new KernelError('InvalidInput', `time cannot advance by ${String(ms)} ms`);
    }
    await this.#exclusively(async () => {
      const target = this.#elapsedMs + ms;
      await this.#settle();
      for (let next = this.#timers[0]; next !== undefined && next.dueAt <= target; next = this.#timers[0]) {
        this.#moveTo(next.dueAt);
        await this.#settle();
      }
      this.#moveTo(target);
    });
  }

  /** Moves to the next timer and runs what is due then; false when no timer waits. */
  async advanceToNext(): Promise<boolean> {
    await this.runUntilIdle();
    const next = this.#timers[0];
    if (next === undefined) return false;
    await this.advanceBy(next.dueAt - this.#elapsedMs);
    return true;
  }

  /** Sets the wall clock forward or back, as an operator would. Timers do not notice. */
  jumpBy(ms: number): void {
    this.#wall += ms;
  }

  #moveTo(elapsedMs: number): void {
    const stepMs = Math.max(0, elapsedMs - this.#elapsedMs);
    this.#elapsedMs += stepMs;
    this.#wall += stepMs;
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#running) {
      throw new KernelError('InvalidOperation', 'the virtual clock is being advanced already');
    }
    this.#running = true;
    try {
      await work();
    } finally {
      this.#running = false;
      this.#pump();
    }
  }

  async #settle(): Promise<void> {
    await loopTurn();
    for (let calls = 0; this.#runOne(); calls++) {
      if (calls > MAX_CALLS_AT_ONE_TIME) {
        throw new KernelError('Internal', `more than ${MAX_CALLS_AT_ONE_TIME} calls while time stood still`);
      }
      await loopTurn();
    }
  }

  /** Runs one call that is due; false when there is none. */
  #runOne(): boolean {
    const call = this.#soon.shift() ?? this.#takeDue();
    call?.();
    return call !== undefined;
  }

  #takeDue(): (() => void) | undefined {
    const next = this.#timers[0];
    if (next === undefined || next.dueAt > this.#elapsedMs) return undefined;
    this.#timers.shift();
    return next.call;
  }

  #pump(): void {
    if (!this.#automatic || this.#pumping || this.#running || !this.#hasDue()) return;
    this.#pumping = true;
    nextTurn(() => {
      this.#pumping = false;
      if (this.#running) return;
      try {
        this.#runOne();
      } finally {
        this.#pump();
      }
    });
  }

  #hasDue(): boolean {
    const next = this.#timers[0];
    return this.#soon.length > 0 || (next !== undefined && next.dueAt <= this.#elapsedMs);
  }
}

// Taken at once, so that a test runner's fake timers do not stop virtual time.
// eslint-disable-next-line no-restricted-globals -- A turn of the loop lets promises run on; it tells no time.
const nextTurn = setImmediate;

function loopTurn(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
