// Guarantees: a peer that stops in the middle of a message is cut off after `messageMs` of waiting for it; nothing is
// read ahead of who takes the messages; what is sent waits in at most `maxOutputBytes` and one message, as long as
// senders await `drained`.

import type { Socket } from 'node:net';
import { KernelError } from '@tksm/abstractions';
import type { Cancellation, Clock, Timers } from '@tksm/abstractions';
import { SOCKET_LIMITS } from '../limits.ts';
import { FrameReader } from './frame-reader.ts';
import { decodeMessage, encodeMessage } from './message-codec.ts';

export interface Time {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Messages over a connection, both ways. */
export class Channel {
  readonly #socket: Socket;
  readonly #time: Time;
  readonly #reader = new FrameReader(SOCKET_LIMITS.maxGreetingBytes);

  constructor(socket: Socket, time: Time) {
    this.#socket = socket;
    this.#time = time;
    // Whoever reads hears of it; nobody who does not is killed by it.
    socket.on('error', () => undefined);
  }

  get isClosed(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  /** The peer has proved itself: longer messages are taken. */
  trust(): void {
    this.#reader.limit = SOCKET_LIMITS.maxMessageBytes;
  }

  /**
   * Messages as they come, until the peer closes or the connection breaks; to be asked for once.
   *
   * @throws KernelError `InvalidInput`, `PayloadTooLarge`, `Timeout`; what the connection breaks with
   */
  async *messages(): AsyncGenerator<unknown> {
    const { clock } = this.#time;
    let leftMs: number = SOCKET_LIMITS.messageMs;
    const pieces: AsyncIterator<Buffer> = this.#socket[Symbol.asyncIterator]();
    for (;;) {
      const startedAt = clock.monotonic();
      const deadline = this.#reader.isMidway ? this.#cutOffAfter(leftMs) : undefined;
      const next = await pieces.next().finally(() => deadline?.cancel());
      if (next.done === true) return;
      const waitedMs = deadline === undefined ? 0 : clock.monotonic() - startedAt;
      leftMs -= waitedMs;
      for (const body of this.#reader.push(next.value)) {
        leftMs = SOCKET_LIMITS.messageMs;
        yield decodeMessage(body);
      }
    }
  }

  /** Sends a message; nothing when the connection is closed. @throws KernelError `PayloadTooLarge` */
  send(message: object): void {
    const frame = encodeMessage(message, SOCKET_LIMITS.maxMessageBytes);
    if (!this.isClosed) this.#socket.write(frame);
  }

  /** Resolves when there is room for more output, or nobody to read it any more. */
  async drained(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableLength <= SOCKET_LIMITS.maxOutputBytes) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  /** Closes after what was sent; resolves when it is closed, at the latest after `graceMs`. */
  async end(graceMs: number): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const deadline = this.#time.timers.after(graceMs, () => socket.destroy());
    await new Promise<void>((resolve) => {
      socket.once('close', () => {
        resolve();
      });
      socket.destroySoon();
    });
    deadline.cancel();
  }

  destroy(error?: KernelError): void {
    this.#socket.destroy(error);
  }

  #cutOffAfter(ms: number): Cancellation {
    return this.#time.timers.after(ms, () => {
      this.destroy(new KernelError('Timeout', 'the rest of a message did not come'));
    });
  }
}
