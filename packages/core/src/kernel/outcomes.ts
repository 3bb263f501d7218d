import { KernelError } from '@tksm/abstractions';
import type { JobId, JobOutcome, KernelEvent, Signal } from '@tksm/abstractions';
import type { Batch } from '../log/batch.ts';
import type { KernelState } from '../state/kernel-state.ts';

/** Somebody who waits for a job to end. There may be very many: each is two functions and a link. */
interface Waiting {
  resolve(outcome: JobOutcome): void;
  reject(error: unknown): void;
  /** Others who wait for the same job. */
  next: Waiting | undefined;
}

/** Who waits for which job to end. Told only of what is durable. */
export class Outcomes {
  readonly #waiting = new Map<JobId, Waiting>();

  #final: KernelError | undefined;

  wait(id: JobId, signal?: Signal): Promise<JobOutcome> {
    if (signal !== undefined) return this.#waitUnless(signal, id);
    return new Promise((resolve, reject) => {
      if (this.#final !== undefined) reject(this.#final);
      else this.#waiting.set(id, { resolve, reject, next: this.#waiting.get(id) });
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
    for (const [id, first] of [...this.#waiting]) {
      const job = state.jobs.get(id);
      if (job?.outcome !== undefined) this.#tell(id, job.outcome);
      if (job !== undefined) continue;
      this.#waiting.delete(id);
      rejectAll(
        first,
        new KernelError('JobNotFound', `job ${id} was lost with its frame`, { data: { job: id } }),
      );
    }
  }

  /** Nobody will be told any more, now or later. */
  close(): void {
    this.fail(new KernelError('KernelStopped', 'the kernel stopped before the job ended'));
  }

  /** Everybody who waits, now or later, is told that it went wrong. */
  fail(error: KernelError): void {
    this.#final ??= error;
    for (const first of this.#waiting.values()) rejectAll(first, error);
    this.#waiting.clear();
  }

  #waitUnless(signal: Signal, id: JobId): Promise<JobOutcome> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return void reject(signal.reason as Error);
      if (this.#final !== undefined) return void reject(this.#final);
      const stop = (): void => {
        this.#unlink(id, mine);
        reject(signal.reason as Error);
      };
      const settled = (): void => {
        signal.removeEventListener('abort', stop);
      };
      const mine: Waiting = {
        resolve: (outcome) => {
          settled();
          resolve(outcome);
        },
        reject: (error) => {
          settled();
          reject(error as Error);
        },
        next: this.#waiting.get(id),
      };
      this.#waiting.set(id, mine);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  #unlink(id: JobId, gone: Waiting): void {
    const first = this.#waiting.get(id);
    if (first === gone) {
      if (gone.next === undefined) this.#waiting.delete(id);
      else this.#waiting.set(id, gone.next);
      return;
    }
    for (let one = first; one !== undefined; one = one.next) if (one.next === gone) one.next = gone.next;
  }

  #tell(id: JobId, outcome: JobOutcome): void {
    const first = this.#waiting.get(id);
    if (first === undefined) return;
    this.#waiting.delete(id);
    for (let one: Waiting | undefined = first; one !== undefined; one = one.next) one.resolve(outcome);
  }
}

function rejectAll(first: Waiting, error: KernelError): void {
  for (let one: Waiting | undefined = first; one !== undefined; one = one.next) one.reject(error);
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
