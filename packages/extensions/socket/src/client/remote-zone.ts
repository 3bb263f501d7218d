// Guarantees: every request is answered once, with what the server said or, when the connection ends, with an error; a
// command has an id before it leaves, so that it can be sent again.

import { fromStored, isKernelError, KernelError } from '@tksm/abstractions';
import type {
  Command,
  Health,
  JobId,
  JobOutcome,
  JobView,
  OperationReceipt,
  Progress,
  Random,
  Receipt,
  RecordedEvent,
  Signal,
  StoredValue,
  SubscribeOptions,
  TaskReceipt,
  ZoneClient,
  ZoneId,
} from '@tksm/abstractions';
import type { Bye, Call, Reply, SentCommand } from '../wire/messages.ts';
import { fromSentError } from '../wire/sent-error.ts';
import type { Reached } from './reach-server.ts';
import { remoteEvents } from './remote-events.ts';
import { batchParts, sentJob } from './send-batch.ts';
import { serverGone } from './server-gone.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(error: KernelError): void;
  item?(value: unknown): void;
}

interface AskOptions {
  readonly signal?: Signal | undefined;
  /** Takes each item of a stream. */
  readonly item?: (value: unknown) => void;
}

export interface RemoteOptions {
  readonly random: Random;
  /** Another connection to the same server. */
  reach(): Promise<Reached>;
}

/** A zone whose kernel is in another process. */
export interface ZoneConnection extends ZoneClient {
  /** Whether the server has gone, or sent this client away. */
  readonly isLost: boolean;
  close(): void;
}

export class RemoteZone implements ZoneConnection {
  readonly zone: ZoneId;
  readonly #reached: Reached;
  readonly #options: RemoteOptions;
  readonly #pending = new Map<number, Pending>();
  #lost: KernelError | undefined;
  #next = 0;

  constructor(reached: Reached, options: RemoteOptions) {
    this.zone = reached.zone;
    this.#reached = reached;
    this.#options = options;
    void this.#receive();
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  async submit(command: Command): Promise<Receipt> {
    return await this.#submit(command, 'any');
  }

  async enqueue(command: Command): Promise<TaskReceipt> {
    return (await this.#submit(command, 'task')) as TaskReceipt;
  }

  async perform(command: Command): Promise<OperationReceipt> {
    return (await this.#submit(command, 'operation')) as OperationReceipt;
  }

  async enqueueAll(
    commands: readonly Command[],
    { id = this.#options.random.id() }: { readonly id?: string } = {},
  ): Promise<readonly TaskReceipt[]> {
    const receipts: TaskReceipt[] = [];
    const item = (value: unknown): void => void receipts.push(...(value as readonly TaskReceipt[]));
    for (const part of batchParts(id, commands)) await this.#answered(id, part, { item });
    return receipts;
  }

  async job(id: JobId): Promise<JobView | undefined> {
    return (await this.#ask({ type: 'job', job: id })) as JobView | undefined;
  }

  async outcome(job: JobId, { signal }: { readonly signal?: Signal } = {}): Promise<JobOutcome> {
    return (await this.#ask({ type: 'outcome', job }, { signal })) as JobOutcome;
  }

  events(options: SubscribeOptions = {}): AsyncIterable<RecordedEvent> {
    return remoteEvents(() => this.#options.reach(), options);
  }

  onProgress(job: JobId, listener: (progress: Progress) => void): () => void {
    const stop = new AbortController();
    const item = (value: unknown): void => {
      if (!stop.signal.aborted) listener(value as Progress);
    };
    // Progress is nobody's outcome: when it cannot be had, there is none.
    this.#ask({ type: 'progress', job }, { signal: stop.signal, item }).catch(() => undefined);
    return () => {
      stop.abort();
    };
  }

  async health(): Promise<Health> {
    return (await this.#ask({ type: 'health' })) as Health;
  }

  close(): void {
    this.#reached.channel.destroy();
  }

  async #submit(command: Command, expect: 'any' | 'task' | 'operation'): Promise<Receipt> {
    const sent = sentCommand(command, this.#options.random);
    const receipt = (await this.#answered(sent.id, { type: 'submit', expect, command: sent })) as Receipt;
    if (receipt.class === 'task') return receipt;
    return { ...receipt, output: fromStored(receipt.output as StoredValue) };
  }

  /** Asks for something to be done under a command id. */
  async #answered(id: string, call: Call, options: AskOptions = {}): Promise<unknown> {
    try {
      return await this.#ask(call, options);
    } catch (cause) {
      if (!isKernelError(cause, 'Unreachable')) throw cause;
      throw new KernelError('OutcomeUnknown', 'the connection was lost before the command was answered', {
        data: { id },
        cause,
      });
    }
  }

  #ask(call: Call, { signal, item }: AskOptions = {}): Promise<unknown> {
    const { channel } = this.#reached;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      if (this.#lost !== undefined) {
        reject(this.#lost);
        return;
      }
      channel.send({ ...call, id });
      const cancel = (): void => {
        this.#pending.delete(id);
        channel.send({ type: 'cancel', id });
        reject(signal?.reason as Error);
      };
      const done = (): void => signal?.removeEventListener('abort', cancel);
      signal?.addEventListener('abort', cancel, { once: true });
      this.#pending.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
        ...(item !== undefined && { item }),
      });
    });
  }

  async #receive(): Promise<void> {
    let lost = serverGone();
    try {
      for await (const message of this.#reached.messages) {
        const reply = message as Reply | Bye;
        if (reply.type === 'bye') lost = fromSentError(reply.error);
        else this.#settle(reply);
      }
    } catch {
      // The connection broke: that it is lost says it all.
    }
    this.#lost = lost;
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) pending.reject(lost);
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.type === 'item') {
      pending.item?.(reply.value);
      return;
    }
    this.#pending.delete(reply.id);
    if (reply.type === 'error') pending.reject(fromSentError(reply.error));
    else pending.resolve(reply.type === 'result' ? reply.value : undefined);
  }
}

function sentCommand(command: Command, random: Random): SentCommand {
  return { ...sentJob(command), id: command.id ?? random.id() };
}
