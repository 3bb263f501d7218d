// Guarantees: what is kept of batches that are not answered yet has a bound in the whole server; a part is kept only of jobs
// that its sender may submit.

import { KernelError } from '@tksm/abstractions';
import { SOCKET_LIMITS } from '../limits.ts';
import type { SentBatch, SentJob } from '../wire/messages.ts';

/** Room for the batches of all connections. */
export class BatchRoom {
  #bytes = 0;

  /** @throws KernelError `ResourcesExhausted` */
  take(bytes: number): void {
    const limit = SOCKET_LIMITS.maxBatchBytes;
    if (this.#bytes + bytes > limit) {
      throw new KernelError('ResourcesExhausted', 'there is no room for more of a batch', {
        ...{ data: { limit }, next: 'submit it as smaller batches, or later' },
      });
    }
    this.#bytes += bytes;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** All jobs of a batch. */
export interface WholeBatch {
  readonly jobs: readonly SentJob[];
  /** It is kept no longer. To be called once. */
  done(): void;
}

/** The batch that a connection sends in parts: one at a time, bounded. */
export class OpenBatch {
  readonly #room: BatchRoom;
  readonly #maySubmit: (kind: string) => void;
  #batch: string | undefined;
  #parts: (readonly SentJob[])[] = [];
  #bytes = 0;

  /** @param maySubmit throws where who sends may not submit jobs of a kind */
  constructor(room: BatchRoom, maySubmit: (kind: string) => void) {
    this.#room = room;
    this.#maySubmit = maySubmit;
  }

  /** Takes a part; gives the whole with the last one. @throws KernelError `InvalidInput`, `ResourcesExhausted`; as `maySubmit` */
  add({ batch, part, more, jobs }: SentBatch): WholeBatch | undefined {
    if (part === 0) {
      this.drop();
      this.#batch = batch;
    }
    if (batch !== this.#batch || part !== this.#parts.length) {
      throw new KernelError(
        'InvalidInput',
        `part ${part} of batch ${batch} does not go on from what came before`,
      );
    }
    try {
      this.#keep(jobs, part);
    } catch (error) {
      this.drop();
      throw error;
    }
    return more ? undefined : this.#whole();
  }

  /** Forgets what came so far. */
  drop(): void {
    this.#room.release(this.#bytes);
    this.#forget();
  }

  #keep(jobs: readonly SentJob[], part: number): void {
    const limit = SOCKET_LIMITS.maxBatchParts;
    if (part >= limit) {
      throw new KernelError('ResourcesExhausted', 'the batch has too many parts', {
        ...{ data: { limit }, next: 'submit it as several batches' },
      });
    }
    for (const kind of new Set(jobs.map((job) => job.kind))) this.#maySubmit(kind);
    const bytes = Buffer.byteLength(JSON.stringify(jobs));
    this.#room.take(bytes);
    this.#bytes += bytes;
    this.#parts.push(jobs);
  }

  #whole(): WholeBatch {
    const [room, bytes, jobs] = [this.#room, this.#bytes, this.#parts.flat()];
    this.#forget();
    const done = (): void => {
      room.release(bytes);
    };
    return { jobs, done };
  }

  #forget(): void {
    this.#batch = undefined;
    this.#parts = [];
    this.#bytes = 0;
  }
}
