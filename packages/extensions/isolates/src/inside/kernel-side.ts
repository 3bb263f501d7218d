import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { KernelError } from '@tksm/abstractions';
import { MAX_MESSAGE_LENGTH } from '../wire/messages.ts';
import type { HostMessage, IsolateMessage } from '../wire/messages.ts';
import type { Pulse } from '../wire/pulse.ts';

/** The kernel, as a handler's thread reaches it. */
export class KernelSide {
  readonly #port: MessagePort;
  readonly #pulse: Pulse;
  /** What came while the thread stood still for something else. */
  #kept: HostMessage[] = [];
  #hear: (message: HostMessage) => void = () => undefined;

  constructor(port: MessagePort, pulse: Pulse) {
    this.#port = port;
    this.#pulse = pulse;
    port.on('message', (text: string) => {
      this.#deliver();
      this.#hear(JSON.parse(text) as HostMessage);
    });
  }

  listen(hear: (message: HostMessage) => void): void {
    this.#hear = hear;
  }

  /** @throws KernelError `PayloadTooLarge` */
  send(message: IsolateMessage): void {
    const text = JSON.stringify(message);
    if (text.length > MAX_MESSAGE_LENGTH) {
      const data = { length: text.length, limit: MAX_MESSAGE_LENGTH };
      throw new KernelError('PayloadTooLarge', `a message of ${text.length} characters to the kernel`, {
        data,
      });
    }
    this.#port.postMessage(text);
  }

  /** Lets the thread stand still until a certain message comes: for what a handler is given at once. */
  waitFor<T extends HostMessage>(wanted: (message: HostMessage) => message is T): T {
    return this.#pulse.waitFor(() => {
      for (;;) {
        const received = receiveMessageOnPort(this.#port) as { readonly message: string } | undefined;
        if (received === undefined) return undefined;
        const message = JSON.parse(received.message) as HostMessage;
        if (wanted(message)) return message;
        if (this.#kept.push(message) === 1) {
          setImmediate(() => {
            this.#deliver();
          });
        }
      }
    });
  }

  #deliver(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const message of kept) this.#hear(message);
  }
}
