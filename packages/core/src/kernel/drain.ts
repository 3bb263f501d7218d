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
  readonly #begun: Promise<void>;
  #begin: () => void = () => undefined;
  #quiet: (() => void) | undefined;

  constructor(timers: Timers, session: () => Session) {
    this.#timers = timers;
    this.#session = session;
    this.#begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  untilDrain(): Promise<void> {
    return this.#begun;
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
    this.#begin();
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
