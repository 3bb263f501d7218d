// Guarantees: whatever the pieces in which bytes arrive, the same messages come out; never more memory than one message
// of the permitted size; the work is linear in the bytes.

import { KernelError } from '@tksm/abstractions';

/** Bytes of the length before a message, big-endian. */
export const LENGTH_BYTES = 4;

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  /** Longest message from here on, in bytes. */
  limit: number;
  readonly #length = Buffer.alloc(LENGTH_BYTES);
  #body: Buffer | undefined;
  #filled = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether a message has begun and is not whole. */
  get isMidway(): boolean {
    return this.#body !== undefined || this.#filled > 0;
  }

  /** The messages that a piece completes. @throws KernelError `PayloadTooLarge`, `InvalidInput` for an empty one */
  *push(piece: Uint8Array): Generator<Buffer> {
    let at = 0;
    while (at < piece.length) {
      const target = this.#body ?? this.#length;
      const taken = Math.min(target.length - this.#filled, piece.length - at);
      target.set(piece.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#filled += taken;
      if (this.#filled < target.length) return;
      this.#filled = 0;
      if (this.#body === undefined) {
        this.#body = Buffer.alloc(this.#checked(this.#length.readUInt32BE()));
      } else {
        const whole = this.#body;
        this.#body = undefined;
        yield whole;
      }
    }
  }

  #checked(bytes: number): number {
    if (bytes === 0) throw new KernelError('InvalidInput', 'a message is empty');
    if (bytes <= this.limit) return bytes;
    const data = { bytes, limit: this.limit };
    throw new KernelError('PayloadTooLarge', `a message of ${bytes} bytes is over ${this.limit}`, { data });
  }
}
