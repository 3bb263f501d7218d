import { KernelError } from '@tksm/abstractions';
import type { BlobRef, BlobStore, Value } from '@tksm/abstractions';
import { misbehaved } from '../wire/read-message.ts';

/** Blobs that one run may write at a time. */
const MAX_OPEN = 16;

/** One blob on its way: a chunk is taken when the store wants it. */
class BlobWrite {
  readonly written: Promise<BlobRef>;
  #offer: ((chunk: Uint8Array | undefined) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  #dropped = false;
  #wanted: Promise<void>;
  #want: () => void = () => undefined;

  constructor(store: BlobStore) {
    this.#wanted = this.#nextWanted();
    this.written = store.write(this.#chunks());
    // Met at the end, or never, when the isolate goes away before.
    this.written.catch(() => undefined);
  }

  /** Settles when the store has come round to take it; rejects with what the store fails with. */
  async add(chunk: Uint8Array | undefined): Promise<void> {
    await Promise.race([this.#wanted, this.written]);
    this.#wanted = this.#nextWanted();
    this.#offer?.(chunk);
  }

  drop(): void {
    this.#dropped = true;
    this.#fail?.(notEnded());
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#dropped) throw notEnded();
      const chunk = await new Promise<Uint8Array | undefined>((resolve, reject) => {
        this.#offer = resolve;
        this.#fail = reject;
        this.#want();
      });
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  #nextWanted(): Promise<void> {
    return new Promise((resolve) => (this.#want = resolve));
  }
}

function notEnded(): KernelError {
  return new KernelError('LeaseLost', 'the isolate did not end its blob');
}

/** Blobs that an isolate writes, by number. */
export class BlobWrites {
  readonly #store: BlobStore;
  readonly #open = new Map<number, BlobWrite>();
  #next = 0;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /** @throws KernelError `WorkerMisbehaved`, and what the store refuses with */
  async call(name: string, [blob, chunk]: readonly (Value | undefined)[]): Promise<unknown> {
    if (name === 'blob.begin') {
      if (this.#open.size >= MAX_OPEN) throw misbehaved(`writes ${MAX_OPEN} blobs at a time`);
      this.#open.set(++this.#next, new BlobWrite(this.#store));
      return this.#next;
    }
    const write = this.#open.get(blob as number);
    if (write === undefined) throw misbehaved('writes a blob that it has not begun');
    if (name === 'blob.add') {
      if (!(chunk instanceof Uint8Array)) throw misbehaved('writes a blob of something else than bytes');
      await write.add(chunk);
      return null;
    }
    this.#open.delete(blob as number);
    if (name === 'blob.drop') {
      write.drop();
      return null;
    }
    await write.add(undefined);
    return await write.written;
  }

  end(): void {
    for (const write of this.#open.values()) write.drop();
    this.#open.clear();
  }
}
