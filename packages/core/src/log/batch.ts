import type { Instant, KernelError, KernelEvent, Position } from '@tksm/abstractions';

/** Somebody who waits for a frame. */
export interface Waiter {
  durable(): void;
  lost(error: KernelError): void;
}

/** A frame in the making: events that were applied and are not durable yet, and who waits for them. */
export class Batch {
  readonly time: Instant;
  readonly first: Position;
  readonly events: KernelEvent[] = [];
  readonly waiters: Waiter[] = [];
  #text = '[';

  constructor(time: Instant, first: Position) {
    this.time = time;
    this.first = first;
  }

  /** UTF-16 units so far. */
  get length(): number {
    return this.#text.length;
  }

  get end(): Position {
    return this.first + this.events.length;
  }

  /** @param text JSON of each event, with commas between */
  add(events: readonly KernelEvent[], text: string): void {
    if (events.length === 0) return;
    this.#text += this.events.length === 0 ? text : `,${text}`;
    for (const event of events) this.events.push(event);
  }

  payload(): string {
    return `${this.#text}]`;
  }
}
