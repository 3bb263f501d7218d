import type { Signal } from '@tksm/abstractions';
import type { Isolate } from './isolate.ts';

export interface PoolLimits {
  /** Isolates at a time. */
  readonly size: number;
  /** Runs after which an isolate is replaced, so that what handlers leave behind does not add up. */
  readonly maxRuns: number;
}

interface Waiter {
  take(isolate: Isolate): void;
}

/**
 * The isolates of one kind, kept warm between runs. Guarantees: never more than `size` in use, each by one run; who waits is
 * served in order; what has ended, or has run often enough, is replaced.
 */
export class IsolatePool {
  readonly #start: () => Isolate;
  readonly #limits: PoolLimits;
  readonly #idle: Isolate[] = [];
  readonly #busy = new Set<Isolate>();
  readonly #waiting = new Set<Waiter>();

  constructor(start: () => Isolate, limits: PoolLimits) {
    this.#start = start;
    this.#limits = limits;
  }

  /** An isolate for one run; rejects when the signal aborts before there is one. */
  async acquire(signal: Signal): Promise<Isolate> {
    signal.throwIfAborted();
    const isolate = this.#free();
    if (isolate !== undefined) return isolate;
    return await new Promise<Isolate>((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(waiter);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        take: (given) => {
          signal.removeEventListener('abort', stop);
          resolve(given);
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** A run has ended. */
  release(isolate: Isolate): void {
    this.#busy.delete(isolate);
    if (isolate.isUsable && isolate.runs < this.#limits.maxRuns) this.#idle.push(isolate);
    else void isolate.close();
    for (const waiter of this.#waiting) {
      const next = this.#free();
      if (next === undefined) return;
      this.#waiting.delete(waiter);
      waiter.take(next);
    }
  }

  /** Ends all of them, whatever they do. The pool can be used again. */
  async close(): Promise<void> {
    const all = [...this.#idle.splice(0), ...this.#busy];
    await Promise.all(all.map((isolate) => isolate.close()));
  }

  #free(): Isolate | undefined {
    if (this.#busy.size >= this.#limits.size) return undefined;
    let isolate = this.#idle.pop();
    while (isolate !== undefined && !isolate.isUsable) isolate = this.#idle.pop();
    isolate ??= this.#start();
    this.#busy.add(isolate);
    return isolate;
  }
}
