import type { MessageRecord, Position } from '@tksm/abstractions';
import { bodyBytes } from '../inbox/inbox-state.ts';

interface Waiting {
  readonly record: MessageRecord;
  readonly bytes: number;
  /** Derived: in how many inboxes it is. */
  readers: number;
}

/**
 * Observations that somebody has not received. Guarantees: each is kept once, however many it waits for, and until the last
 * inbox that has it lets it go.
 */
export class ObservationTable {
  /** In the order of the log. */
  readonly #waiting = new Map<Position, Waiting>();
  #bytes = 0;

  /** Bytes of JSON of the data of all. */
  get bytes(): number {
    return this.#bytes;
  }

  get(position: Position): MessageRecord | undefined {
    return this.#waiting.get(position)?.record;
  }

  positions(): Iterable<Position> {
    return this.#waiting.keys();
  }

  /** Takes in one that is restored: the inboxes that hold it follow. */
  restore(record: MessageRecord): void {
    this.#keep(record);
  }

  /** One more inbox has it. Gives its bytes. */
  hold(record: MessageRecord): number {
    const waiting = this.#waiting.get(record.position) ?? this.#keep(record);
    waiting.readers += 1;
    return waiting.bytes;
  }

  /** One inbox less has it. Gives its bytes. */
  release(position: Position): number {
    const waiting = this.#waiting.get(position);
    if (waiting === undefined) return 0;
    waiting.readers -= 1;
    if (waiting.readers === 0) {
      this.#waiting.delete(position);
      this.#bytes -= waiting.bytes;
    }
    return waiting.bytes;
  }

  #keep(record: MessageRecord): Waiting {
    const waiting = { record, bytes: bodyBytes(record.body), readers: 0 };
    this.#waiting.set(record.position, waiting);
    this.#bytes += waiting.bytes;
    return waiting;
  }
}
