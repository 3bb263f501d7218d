import type { Page } from '../inside/remote-items.ts';
import { misbehaved } from '../wire/read-message.ts';

/** Streams that one run may have open at a time. */
const MAX_OPEN = 64;
/** Items of one look, when they are not bytes. */
const PAGE = 100;

/** Streams of the kernel's side that an isolate reads, by number. */
export class Streams {
  readonly #open = new Map<number, AsyncIterator<unknown>>();
  #next = 0;

  open(items: AsyncIterable<unknown>): number {
    if (this.#open.size >= MAX_OPEN) throw misbehaved(`has ${MAX_OPEN} streams open`);
    this.#open.set(++this.#next, items[Symbol.asyncIterator]());
    return this.#next;
  }

  async next(stream: number): Promise<Page<unknown>> {
    const iterator = this.#open.get(stream);
    if (iterator === undefined) throw misbehaved('reads a stream that is not open');
    const items: unknown[] = [];
    while (items.length < PAGE) {
      const { value, done } = await iterator.next();
      if (done === true) {
        this.#open.delete(stream);
        return { items, done: true };
      }
      items.push(value);
      if (value instanceof Uint8Array) break;
    }
    return { items, done: false };
  }

  async close(stream: number): Promise<void> {
    const iterator = this.#open.get(stream);
    this.#open.delete(stream);
    await iterator?.return?.();
  }

  /** Lets go of all of them. */
  end(): void {
    for (const stream of [...this.#open.keys()]) void this.close(stream).catch(() => undefined);
  }
}
