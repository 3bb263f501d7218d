import { KernelError } from '@tksm/abstractions';
import type { JobId, JobOutcome, KernelEvent, Signal } from '@tksm/abstractions';
import type { Batch } from '../log/batch.ts';
import type { KernelState } from '../state/kernel-state.ts';

interface Waiting {
  resolve(outcome: JobOutcome): void;
  reject(error: unknown): void;
}

/** Who waits for which job to end. Told only of what is durable. */
export class Outcomes {
  readonly #waiting = new Map<JobId, Set<Waiting>>();

  #final: KernelError | undefined;

  wait(id: JobId, signal?: Signal): Promise<JobOutcome> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (this.#final !== undefined) reject(this.#final);
      else this.#add(id, { resolve, reject }, signal);
    });
  }

  published(batch: Batch): void {
    if (this.#waiting.size === 0) return;
    for (const event of batch.events) {
      const outcome = outcomeIn(event);
      if (outcome !== undefined && 'job' in event && event.job !== undefined) this.#tell(event.job, outcome);
    }
  }

  /** After a recovery: tells of everything that ended, and of jobs that were lost with their frame. */
  sweep(state: KernelState): void {
    for (const [id, all] of [...this.#waiting]) {
      const job = state.jobs.get(id);
      if (job?.outcome !== undefined) this.#tell(id, job.outcome);
      if (job !== undefined) continue;
      this.#waiting.delete(id);
      const error = new KernelError('JobNotFound', `job ${id} was lost with its frame`, {
        data: { job: id },
      });
      for (const waiting of all) waiting.reject(error);
    }
  }

  /** Nobody will be told any more, now or later. */
  close(): void {
    this.fail(new KernelError('KernelStopped', 'the kernel stopped before the job ended'));
  }

  /** Everybody who waits, now or later, is told that it went wrong. */
  fail(error: KernelError): void {
    this.#final ??= error;
    for (const all of this.#waiting.values()) for (const waiting of all) waiting.reject(error);
    this.#waiting.clear();
  }

  #add(id: JobId, { resolve, reject }: Waiting, signal: Signal | undefined): void {
    const stop = (): void => {
      if (all?.delete(waiting) === true && all.size === 0) this.#waiting.delete(id);
      reject(signal?.reason);
    };
    const settled = (): void => signal?.removeEventListener('abort', stop);
    const waiting: Waiting = {
      resolve: (outcome) => {
        settled();
        resolve(outcome);
      },
      reject: (error) => {
        settled();
        reject(error);
      },
    };
    let all = this.#waiting.get(id);
    if (all === undefined) this.#waiting.set(id, (all = new Set()));
    all.add(waiting);
    signal?.addEventListener('abort', stop, { once: true });
  }

  #tell(id: JobId, outcome: JobOutcome): void {
    const all = this.#waiting.get(id);
    this.#waiting.delete(id);
    for (const waiting of all ?? []) waiting.resolve(outcome);
  }
}

/** The end that an event tells of. Taken from the event: the job itself may have gone on, not yet durably. */
function outcomeIn(event: KernelEvent): JobOutcome | undefined {
  switch (event.type) {
    case 'job.succeeded':
      return { status: 'succeeded', output: event.output };
    case 'job.failed':
      return { status: 'failed', error: event.error };
    case 'job.cancelled':
      return { status: 'cancelled', error: event.error };
    default:
      return undefined;
  }
}
