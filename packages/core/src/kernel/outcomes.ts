import { KernelError } from '@tksm/abstractions';
import type { JobId, JobOutcome, Signal } from '@tksm/abstractions';
import type { Batch } from '../log/batch.ts';
import type { KernelState } from '../state/kernel-state.ts';

interface Waiting {
  resolve(outcome: JobOutcome): void;
  reject(error: unknown): void;
}

/** Who waits for which job to end. Told only of what is durable. */
export class Outcomes {
  readonly #waiting = new Map<JobId, Set<Waiting>>();

  wait(id: JobId, signal?: Signal): Promise<JobOutcome> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { resolve, reject };
      let all = this.#waiting.get(id);
      if (all === undefined) this.#waiting.set(id, (all = new Set()));
      all.add(waiting);
      signal?.addEventListener(
        'abort',
        () => {
          all.delete(waiting);
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  published(batch: Batch, state: KernelState): void {
    if (this.#waiting.size === 0) return;
    for (const { type, ...event } of batch.events) {
      if (type === 'job.succeeded' || type === 'job.failed' || type === 'job.cancelled') {
        if ('job' in event && event.job !== undefined) this.#tell(event.job, state);
      }
    }
  }

  /** After a recovery: tells of everything that ended. */
  sweep(state: KernelState): void {
    for (const id of [...this.#waiting.keys()]) this.#tell(id, state);
  }

  /** Nobody will be told any more. */
  close(): void {
    this.fail(new KernelError('KernelStopped', 'the kernel stopped before the job ended'));
  }

  /** Everybody who waits is told that it went wrong. */
  fail(error: KernelError): void {
    for (const all of this.#waiting.values()) for (const waiting of all) waiting.reject(error);
    this.#waiting.clear();
  }

  #tell(id: JobId, state: KernelState): void {
    const all = this.#waiting.get(id);
    const outcome = state.jobs.get(id)?.outcome;
    if (all === undefined || outcome === undefined) return;
    this.#waiting.delete(id);
    for (const waiting of all) waiting.resolve(outcome);
  }
}
