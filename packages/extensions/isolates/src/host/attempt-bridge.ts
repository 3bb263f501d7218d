import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type {
  Hash,
  Instant,
  JobId,
  LogLevel,
  MessageFilter,
  Progress,
  ReceiveOptions,
  TaskContext,
  Value,
} from '@tksm/abstractions';
import { MAX_LOG_LINES } from '../wire/messages.ts';
import type { HostMessage, IsolateMessage, RunId } from '../wire/messages.ts';
import { misbehaved } from '../wire/read-message.ts';
import { sentError } from '../wire/sent-error.ts';
import { BlobWrites } from './blob-writes.ts';
import { Streams } from './streams.ts';

type Call = Extract<IsolateMessage, { readonly type: 'call' }>;
type Tell = Extract<IsolateMessage, { readonly type: 'tell' }>;
type Worked = Extract<IsolateMessage, { readonly type: 'worked' }>;
type Args = readonly (Value | undefined)[];

/** What an isolate asks of the context of its attempt, answered. What the context refuses is an answer, too. */
export class AttemptBridge {
  readonly #context: TaskContext;
  readonly #id: RunId;
  readonly #send: (message: HostMessage) => void;
  readonly #works = new Map<number, { resolve(value: Value): void; reject(error: unknown): void }>();
  readonly #streams = new Streams();
  readonly #blobs: BlobWrites;
  #secrets: number;
  #logLines = 0;
  /** What was said and did not fit: it fails the run at its end, as it would have failed where it was said. */
  #refused: { readonly error: unknown } | undefined;

  constructor(context: TaskContext, id: RunId, send: (message: HostMessage) => void) {
    this.#context = context;
    this.#id = id;
    this.#send = send;
    this.#secrets = context.secrets.length;
    this.#blobs = new BlobWrites(context.blobs);
  }

  /** What the handler would have been thrown, had it been told at once. */
  get refused(): { readonly error: unknown } | undefined {
    return this.#refused;
  }

  /** @throws KernelError `WorkerMisbehaved` for a call that does not exist */
  call(message: Call): void {
    const { call } = message;
    const args = given(message.args);
    if (message.name === 'step') {
      this.#answer(call, this.#step(call, args[0] as string));
      return;
    }
    const known = CALLS.get(message.name);
    if (known !== undefined)
      this.#answer(
        call,
        settled(() => known(this.#context, args)),
      );
    else if (message.name.startsWith('stream.'))
      this.#answer(
        call,
        settled(() => this.#stream(message.name, args)),
      );
    else if (message.name.startsWith('blob.'))
      this.#answer(
        call,
        settled(() => this.#blobs.call(message.name, args)),
      );
    else throw misbehaved(`called ${message.name}, which there is not`);
  }

  /** @throws KernelError `WorkerMisbehaved` for what cannot be said */
  tell({ name, args: sent }: Tell): void {
    const args = given(sent);
    if (name === 'log') {
      const [level, message, fields, correlation] = args as [
        LogLevel,
        string,
        Record<string, unknown>,
        object,
      ];
      this.log(level, message, fields, correlation);
      return;
    }
    const known = TELLS.get(name);
    if (known === undefined) throw misbehaved(`said ${name}, which means nothing`);
    try {
      known(this.#context, args);
    } catch (error) {
      this.#refused ??= { error };
    }
  }

  /** A line of the handler's, or of its output. */
  log(
    level: LogLevel,
    message: string,
    fields: Record<string, unknown> = {},
    correlation: object = {},
  ): void {
    this.#logLines += 1;
    if (this.#logLines > MAX_LOG_LINES) return;
    const last = this.#logLines === MAX_LOG_LINES;
    const log =
      Object.keys(correlation).length === 0 ? this.#context.log : this.#context.log.child(correlation);
    log.log(level, last ? 'the handler logs too much; the rest is dropped' : message, last ? {} : fields);
  }

  /** @throws KernelError `WorkerMisbehaved` for a step that does not run */
  worked(message: Worked): void {
    const work = this.#works.get(message.call);
    if (work === undefined) throw misbehaved('ended a step that it was not asked to run');
    this.#works.delete(message.call);
    if (message.ok) work.resolve(fromStored(message.value));
    else work.reject(KernelError.from(message.error));
  }

  /** Nothing is asked any more. */
  end(): void {
    this.#streams.end();
    this.#blobs.end();
    const over = new KernelError('LeaseLost', 'the isolate is gone');
    for (const { reject } of this.#works.values()) reject(over);
    this.#works.clear();
  }

  #step(call: number, name: string): Promise<unknown> {
    if (this.#refused !== undefined) return Promise.reject(this.#refused.error as Error);
    return this.#context.step(name, () => {
      this.#send({ ...this.#id, type: 'work', call });
      return new Promise<Value>((resolve, reject) => this.#works.set(call, { resolve, reject }));
    });
  }

  #stream(name: string, [first, ...rest]: Args): unknown {
    if (name === 'stream.open') {
      const open = STREAMS.get(String(first));
      if (open === undefined) throw misbehaved(`wants a stream ${String(first)}, which there is not`);
      return this.#streams.open(open(this.#context, rest));
    }
    return name === 'stream.next'
      ? this.#streams.next(first as number)
      : this.#streams.close(first as number);
  }

  #answer(call: number, answer: Promise<unknown>): void {
    const reply = { ...this.#id, type: 'answer' as const, call };
    answer
      .then((value) => {
        const { secrets } = this.#context;
        const fresh = secrets.length === this.#secrets ? {} : { secrets };
        this.#secrets = secrets.length;
        this.#send({ ...reply, ok: true, value: toStored(value, 'kept'), ...fresh });
      })
      .catch((error: unknown) => {
        this.#send({ ...reply, ok: false, error: sentError(error) });
      });
  }
}

async function settled(ask: () => unknown): Promise<unknown> {
  return await ask();
}

/** Arguments as they were given: what was left out came as null. */
function given(args: Call['args']): Args {
  return args.map((arg) => (arg === null ? undefined : fromStored(arg)));
}

/** By name, and nothing that an object has besides. */
function table<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries));
}

type Ask = (context: TaskContext, args: Args) => unknown;

/** What is answered. */
const CALLS: ReadonlyMap<string, Ask> = table({
  sleep: ({ sleep }, [delayMs, options]) => sleep(delayMs as number, options as object),
  sleepUntil: ({ sleepUntil }, [at, options]) => sleepUntil(at as Instant, options as object),
  waitFor: ({ waitFor }, [filter, options]) => waitFor(filter as MessageFilter, options as ReceiveOptions),
  'inbox.receive': ({ inbox }, [options]) => inbox.receive(options as ReceiveOptions),
  'inbox.tryReceive': ({ inbox }, [filter]) => inbox.tryReceive(filter as MessageFilter),
  call: ({ call }, [driver, op, input]) => call(driver as string, op as string, input as object),
  submit: ({ submit }, [command]) => submit(command as never),
  'vars.get': ({ vars }, [name]) => vars.get(name as string),
  'jobs.get': ({ jobs }, [id]) => jobs.get(id as JobId),
  'blobs.stat': ({ blobs }, [hash]) => blobs.stat(hash as Hash),
  'blobs.delete': ({ blobs }, [hash]) => blobs.delete(hash as Hash),
});

/** What is only taken in. */
const TELLS: ReadonlyMap<string, (context: TaskContext, args: Args) => void> = table({
  emit: (context, [name, data]) => context.emit(name as string, data ?? null),
  progress: (context, [progress]) => context.progress(progress as unknown as Progress),
  heartbeat: (context) => context.heartbeat(),
  'inbox.send': ({ inbox }, [job, body, options]) =>
    inbox.send(job as JobId, body ?? null, options as object),
  'vars.set': ({ vars }, [name, value, options]) =>
    vars.set(name as string, value ?? null, options as Parameters<typeof vars.set>[2]),
  'vars.delete': ({ vars }, [name]) => vars.delete(name as string),
});

/** What is given a page at a time. */
const STREAMS: ReadonlyMap<string, (context: TaskContext, args: Args) => AsyncIterable<unknown>> = table({
  'jobs.children': ({ jobs }, [parent]) => jobs.children(parent as JobId),
  'blobs.read': ({ blobs }, [hash]) => blobs.read(hash as Hash),
  'blobs.list': ({ blobs }) => blobs.list(),
});
