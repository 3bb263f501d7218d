import { KernelError } from '@tksm/abstractions';
import { SOCKET_LIMITS } from '../limits.ts';
import type { SentBatch, SentJob } from '../wire/messages.ts';

/** The batch that a connection sends in parts: one at a time, bounded. */
export class OpenBatch {
  #batch: string | undefined;
  #parts: (readonly SentJob[])[] = [];

  /** Takes a part; gives the whole with the last one. @throws KernelError `InvalidInput`, `ResourcesExhausted` */
  add({ batch, part, more, jobs }: SentBatch): readonly SentJob[] | undefined {
    if (part === 0) {
      this.#batch = batch;
      this.#parts = [];
    }
    if (batch !== this.#batch || part !== this.#parts.length) {
      throw new KernelError(
        'InvalidInput',
        `part ${part} of batch ${batch} does not go on from what came before`,
      );
    }
    if (part >= SOCKET_LIMITS.maxBatchParts) {
      const data = { limit: SOCKET_LIMITS.maxBatchParts };
      this.#batch = undefined;
      this.#parts = [];
      throw new KernelError('ResourcesExhausted', 'the batch has too many parts', {
        data,
        next: 'submit it as several batches',
      });
    }
    this.#parts.push(jobs);
    if (more) return undefined;
    const whole = this.#parts.flat();
    this.#batch = undefined;
    this.#parts = [];
    return whole;
  }
}
