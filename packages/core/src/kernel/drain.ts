import { KernelError } from '@tksm/abstractions';
import type { Timers } from '@tksm/abstractions';
import type { LifecyclePort } from '../boot/lifecycle.ts';
import type { Session } from './session.ts';

/** How long an interrupted handler may take to end before its lease is taken away. */
const SETTLE_MS = 2_000;

/** Lets running attempts end, then interrupts them; none of them counts against its job's retries. */
export class Drain implements LifecyclePort {
  readonly #timers: Timers;
  readonly #session: () => Session;
  #hasBegun = false;
  /** Who waits for it: of the last session alone. Of those that the log has failed under nothing is kept. */
  #begin: (() => void) | undefined;
  #quiet: (() => void) | undefined;

  constructor(timers: Timers, session: () => Session) {
    this.#timers = timers;
    this.#session = session;
  }

  untilDrain(): Promise<void> {
    if (this.#hasBegun) return Promise.resolve();
    return new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  async drain(graceMs: number): Promise<{ readonly interrupted: number; readonly abandoned: number }> {
    if (graceMs > 0) await this.#untilQuiet(graceMs);
    const interrupted = this.#running;
    let abandoned = 0;
    if (interrupted > 0) {
      this.#session().worker.abortAll(new KernelError('Interrupted', 'the kernel is draining'));
      await this.#untilQuiet(SETTLE_MS);
      abandoned = this.#session().interruptRest();
    }
    this.#hasBegun = true;
    this.#begin?.();
    return { interrupted, abandoned };
  }

  /** A frame became durable: nothing may be running any more. */
  notice(): void {
    if (this.#quiet !== undefined && this.#running === 0) this.#quiet();
  }

  get #running(): number {
    return this.#session().engine.agenda.running.size;
  }

  #untilQuiet(atMostMs: number): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        this.#quiet = undefined;
        resolve();
      };
      const timer = this.#timers.after(atMostMs, done);
      this.#quiet = done;
    });
  }
}
