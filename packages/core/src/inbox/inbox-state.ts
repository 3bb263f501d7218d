import { isMeant, utf8Length } from '@tksm/abstractions';
import type { MessageFilter, MessageRecord, Position, StoredValue } from '@tksm/abstractions';

/** The messages that a job has not read, oldest first. What they weigh is kept beside them, and made anew with them. */
export class InboxState {
  readonly #messages: MessageRecord[];
  #bytes = 0;

  constructor(messages: readonly MessageRecord[] = []) {
    this.#messages = [...messages];
    for (const { body } of messages) this.#bytes += bodyBytes(body);
  }

  get messages(): readonly MessageRecord[] {
    return this.#messages;
  }

  /** Bytes of JSON of all bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The one that came last, of those that are not read. */
  get newest(): Position | undefined {
    return this.#messages.at(-1)?.position;
  }

  add(message: MessageRecord): void {
    this.#messages.push(message);
    this.#bytes += bodyBytes(message.body);
  }

  /** The oldest message that fits. */
  first(filter: MessageFilter): MessageRecord | undefined {
    return this.#messages.find((message) => isMeant(message, filter));
  }

  /** Takes a message out; false when it is not here. */
  take(position: Position): boolean {
    const at = this.#messages.findIndex((message) => message.position === position);
    const [taken] = at < 0 ? [] : this.#messages.splice(at, 1);
    if (taken === undefined) return false;
    this.#bytes -= bodyBytes(taken.body);
    return true;
  }
}

/** Bytes of a body's JSON text. */
export function bodyBytes(body: StoredValue): number {
  return utf8Length(JSON.stringify(body));
}
