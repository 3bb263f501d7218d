// Guarantees: nothing is done for a peer before it has proved itself; a request that cannot be read ends the connection with
// an error, one that fails ends only itself; what a peer leaves running ends with its connection; answers and streams
// wait for the peer to read them.

import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Logger, Random } from '@tksm/abstractions';
import { SOCKET_LIMITS } from '../limits.ts';
import type { Channel, Time } from '../wire/channel.ts';
import type { Bye, Reply, Request } from '../wire/messages.ts';
import { toSentError } from '../wire/sent-error.ts';
import { answerCall } from './answer-call.ts';
import type { CallTarget } from './answer-call.ts';
import { greetClient } from './greet-client.ts';
import { OpenBatch } from './open-batch.ts';
import type { BatchRoom } from './open-batch.ts';
import { requestSchema } from './request-schema.ts';
import type { ServedZone } from './served-zone.ts';

export interface ConnectionParts {
  readonly channel: Channel;
  readonly served: ServedZone;
  readonly secret: string;
  readonly time: Time;
  readonly random: Random;
  readonly logger: Logger;
  /** For the batches of all connections. */
  readonly room: BatchRoom;
}

/** How long an error may take to reach a peer that is sent away. */
const FAREWELL_MS = 1_000;

export class ServedConnection {
  readonly #parts: ConnectionParts;
  readonly #inFlight = new Map<number, AbortController>();
  readonly #answers = new Set<Promise<void>>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Serves until the peer has gone, or is sent away. Never rejects. */
  async run(): Promise<void> {
    const { channel, logger } = this.#parts;
    try {
      await this.#serve();
    } catch (error) {
      if (isKernelError(error)) {
        logger.log('info', 'a client of the socket was sent away', { code: error.code, why: error.message });
        channel.send({ type: 'bye', error: toSentError(error) } satisfies Bye);
      }
    } finally {
      this.#abandon(new KernelError('Unreachable', 'the client has gone'));
      await channel.end(FAREWELL_MS);
    }
  }

  /** Ends once the answers that are ready are sent. */
  async end(): Promise<void> {
    const { channel, time } = this.#parts;
    const deadline = time.timers.after(FAREWELL_MS, () => {
      channel.destroy();
    });
    this.#abandon(new KernelError('KernelStopped', 'the kernel stopped before it could answer'));
    await Promise.allSettled(this.#answers);
    deadline.cancel();
    await channel.end(FAREWELL_MS);
  }

  async #serve(): Promise<void> {
    const { channel, time, secret, random, served } = this.#parts;
    const messages = channel.messages();
    const deadline = time.timers.after(SOCKET_LIMITS.greetingMs, () => {
      channel.destroy();
    });
    const zone = await greetClient(channel, messages, { secret, random, served }).finally(() => {
      deadline.cancel();
    });
    const batch = new OpenBatch(this.#parts.room, zone.maySubmit);
    try {
      for await (const message of messages) {
        this.#receive(await readRequest(message), { zone, batch });
        await channel.drained();
      }
    } finally {
      batch.drop();
    }
  }

  #abandon(why: KernelError): void {
    for (const request of this.#inFlight.values()) request.abort(why);
  }

  #receive(request: Request, target: CallTarget): void {
    const { id } = request;
    if (request.type === 'cancel') {
      this.#inFlight.get(id)?.abort(new KernelError('Cancelled', 'the client wants no answer any more'));
      return;
    }
    if (this.#inFlight.has(id)) throw new KernelError('InvalidInput', `request ${id} is under way already`);
    if (this.#inFlight.size >= SOCKET_LIMITS.maxInFlight) {
      const error = new KernelError('ResourcesExhausted', 'too many requests at the same time', {
        data: { limit: SOCKET_LIMITS.maxInFlight },
        next: 'wait for some of the answers',
      });
      this.#send({ type: 'error', id, error: toSentError(error) });
      return;
    }
    const abort = new AbortController();
    this.#inFlight.set(id, abort);
    const answered = this.#answer(request, target, abort.signal).finally(() => {
      this.#inFlight.delete(id);
      this.#answers.delete(answered);
    });
    this.#answers.add(answered);
  }

  async #answer(
    request: Exclude<Request, { type: 'cancel' }>,
    target: CallTarget,
    signal: AbortSignal,
  ): Promise<void> {
    const { id } = request;
    const { channel } = this.#parts;
    try {
      const answer = answerCall(request, target, signal);
      if ('value' in answer) {
        this.#send({ type: 'result', id, value: await answer.value });
        return;
      }
      for await (const value of answer.items) {
        channel.send({ type: 'item', id, value } satisfies Reply);
        await channel.drained();
        if (signal.aborted) break;
      }
      this.#send({ type: 'end', id });
    } catch (error) {
      if (!isKernelError(error)) {
        this.#parts.logger.log('error', 'a request of the socket failed', { why: String(error) });
      }
      this.#send({ type: 'error', id, error: toSentError(error) });
    }
  }

  #send(reply: Reply): void {
    const { channel } = this.#parts;
    try {
      channel.send(reply);
    } catch (error) {
      channel.send({ type: 'error', id: reply.id, error: toSentError(error) } satisfies Reply);
    }
  }
}

/** @throws KernelError `InvalidInput` */
async function readRequest(message: unknown): Promise<Request> {
  const result = await requestSchema['~standard'].validate(message);
  if (result.issues === undefined) return result.value;
  const [issue] = result.issues;
  throw new KernelError('InvalidInput', `a request is not understood: ${issue?.message ?? ''}`);
}
