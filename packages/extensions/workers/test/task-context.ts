import { createHash } from 'node:crypto';
import { hash, jobId } from '@tksm/abstractions';
import type {
  BlobRef,
  BlobStore,
  Cancellation,
  JobView,
  Logger,
  TaskContext,
  Timers,
} from '@tksm/abstractions';
import { standInContext } from '@tksm/drivers-memory';

/** Another in each process: leftovers are looked for on the whole machine, and tests run side by side. */
export const JOB = jobId(process.pid.toString(16).padStart(32, '0'));

const refuse = (): never => {
  throw new Error('not part of this test');
};

/** Blobs in memory. */
export function memoryBlobs(): BlobStore & { readonly contents: ReadonlyMap<string, Buffer> } {
  const contents = new Map<string, Buffer>();
  return {
    contents,
    async write(content): Promise<BlobRef> {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const name = hash(createHash('sha256').update(bytes).digest('hex'));
      contents.set(name, bytes);
      return { hash: name, size: bytes.length };
    },
    read: refuse,
    stat: refuse,
    delete: refuse,
    list: refuse,
    close: () => Promise.resolve(),
  };
}

interface ContextParts {
  readonly signal?: AbortSignal;
  readonly epoch?: number;
  readonly log?: Logger;
  readonly blobs?: BlobStore;
  readonly job?: JobView['id'];
}

/** The context of an attempt outside a kernel. */
export function taskContext({ job = JOB, epoch = 1, ...parts }: ContextParts = {}): TaskContext {
  return standInContext({ job: { id: job, epoch } as JobView, blobs: memoryBlobs(), ...parts });
}

/** Timers that fire when the test says so, by their delay. */
export class ManualTimers implements Timers {
  readonly #waiting = new Map<Cancellation, { readonly delayMs: number; readonly call: () => void }>();
  readonly #awaited = new Map<number, () => void>();

  after(delayMs: number, call: () => void): Cancellation {
    const timer = { cancel: () => void this.#waiting.delete(timer) };
    this.#waiting.set(timer, { delayMs, call });
    this.#awaited.get(delayMs)?.();
    return timer;
  }

  soon(call: () => void): void {
    queueMicrotask(call);
  }

  get waiting(): number[] {
    return [...this.#waiting.values()].map(({ delayMs }) => delayMs);
  }

  /** Settles when somebody waits for that long. */
  async set(delayMs: number): Promise<void> {
    if (this.waiting.includes(delayMs)) return;
    await new Promise<void>((resolve) => this.#awaited.set(delayMs, resolve));
  }

  /** Fires what waits for that long. */
  fire(delayMs: number): void {
    for (const [timer, waiting] of [...this.#waiting]) {
      if (waiting.delayMs !== delayMs) continue;
      this.#waiting.delete(timer);
      waiting.call();
    }
  }
}
