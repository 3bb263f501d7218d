import type { EventLog, Position, RecordedEvent, SubscribeOptions } from '@tksm/abstractions';
import type { Batch } from '../log/batch.ts';
import { readEvents } from '../log/replay.ts';

/** Events that a subscriber may be behind before it goes back to reading the log. */
const MAX_BUFFERED = 10_000;

interface Subscriber {
  buffer: RecordedEvent[];
  overflowed: boolean;
  wake: (() => void) | undefined;
}

/**
 * Hands durable events to subscribers, by position, without gap or double. Each has a bounded buffer; one that falls
 * behind, or whose zone recovered meanwhile, catches up from the log. Nobody slows the kernel down.
 */
export class EventFeed {
  readonly #log: EventLog;
  readonly #subscribers = new Set<Subscriber>();
  #head: Position;
  #closed = false;

  constructor(log: EventLog, head: Position) {
    this.#log = log;
    this.#head = head;
  }

  publish(batch: Batch): void {
    this.#head = batch.end;
    if (this.#subscribers.size === 0) return;
    const events = batch.events.map((event, index) => ({
      position: batch.first + index,
      time: batch.time,
      event,
    }));
    for (const subscriber of this.#subscribers) {
      if (subscriber.buffer.length + events.length > MAX_BUFFERED) {
        subscriber.buffer = [];
        subscriber.overflowed = true;
      } else if (!subscriber.overflowed) {
        subscriber.buffer.push(...events);
      }
      subscriber.wake?.();
    }
  }

  /** The zone recovered: what is durable now is in the log, and may be more than was published. */
  resume(head: Position): void {
    this.#head = head;
    for (const subscriber of this.#subscribers) {
      subscriber.overflowed = true;
      subscriber.wake?.();
    }
  }

  /** Ends every subscription, after what it has buffered. */
  close(): void {
    this.#closed = true;
    for (const subscriber of this.#subscribers) subscriber.wake?.();
  }

  async *subscribe({ from = this.#head, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent> {
    const subscriber: Subscriber = { buffer: [], overflowed: from < this.#head, wake: undefined };
    const stop = (): void => subscriber.wake?.();
    this.#subscribers.add(subscriber);
    signal?.addEventListener('abort', stop);
    let next = from;
    try {
      while (!isAborted(signal)) {
        if (subscriber.overflowed && !this.#closed) {
          subscriber.overflowed = false;
          subscriber.buffer = [];
          for await (const recorded of readEvents(this.#log, next)) {
            if (isAborted(signal)) return;
            // A frame beyond the head is written, but nobody has said yet that it is durable.
            if (recorded.position >= this.#head) break;
            yield recorded;
            next = recorded.position + 1;
          }
        }
        const { buffer } = subscriber;
        subscriber.buffer = [];
        for (const recorded of buffer) {
          if (recorded.position < next) continue;
          if (isAborted(signal)) return;
          yield recorded;
          next = recorded.position + 1;
        }
        if (subscriber.buffer.length > 0 || subscriber.overflowed) continue;
        if (this.#closed || isAborted(signal)) return;
        await new Promise<void>((resolve) => {
          subscriber.wake = resolve;
        });
        subscriber.wake = undefined;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#subscribers.delete(subscriber);
    }
  }
}

/** Apart, because an abort may come between two looks at a value that the compiler thinks settled. */
function isAborted(signal: SubscribeOptions['signal']): boolean {
  return signal?.aborted === true;
}
