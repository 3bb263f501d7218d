import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type { LogLevel, SerializedError, StoredValue, Value } from '@tksm/abstractions';
import { MAX_LOG_LINES } from '../wire/messages.ts';
import type { Ending, HostMessage, RunId } from '../wire/messages.ts';
import { sentError } from '../wire/sent-error.ts';
import type { KernelSide } from './kernel-side.ts';

/** Longest line that is sent, in UTF-16 units; the rest of it is dropped. */
const MAX_LINE = 4_096;

type Answer = Extract<HostMessage, { readonly type: 'answer' }>;
type Start = Extract<HostMessage, { readonly type: 'start' }>;

interface OpenCall {
  /** Of a step: its body, and what it threw. */
  readonly work?: () => unknown;
  thrown?: { readonly error: unknown };
  settle(answer: Answer): void;
}

/** One run of the handler, as its thread sees it: what it asks of the kernel, and what it is answered. */
export class RemoteRun {
  readonly start: Start;
  readonly abort = new AbortController();
  readonly #id: RunId;
  readonly #kernel: KernelSide;
  readonly #calls = new Map<number, OpenCall>();
  #next = 0;
  #secrets: readonly string[];
  #ended = false;
  #logLines = 0;

  constructor(kernel: KernelSide, start: Start) {
    this.start = start;
    this.#kernel = kernel;
    this.#id = { job: start.job, epoch: start.epoch };
    this.#secrets = start.secrets;
  }

  get secrets(): readonly string[] {
    return this.#secrets;
  }

  /** Asks, and goes on when the answer is there. */
  call(name: string, args: readonly unknown[], work?: () => unknown): Promise<Value> {
    if (this.#ended) return Promise.reject(this.#over());
    return new Promise((resolve, reject) => {
      const call = this.#next++;
      const settle = (answer: Answer): void => {
        const { thrown } = open;
        if (answer.ok) resolve(fromStored(answer.value));
        // What the body of a step threw is its handler's own error, not a copy.
        else reject((thrown?.error ?? KernelError.from(answer.error)) as Error);
      };
      const open: OpenCall = { settle, ...(work && { work }) };
      this.#kernel.send({ ...this.#id, type: 'call', call, name, args: storedAll(args) });
      this.#calls.set(call, open);
    });
  }

  /** Asks, and stands still until the answer is there. */
  callNow(name: string, args: readonly unknown[]): Value {
    if (this.#ended) throw this.#over();
    const call = this.#next++;
    this.#kernel.send({ ...this.#id, type: 'call', call, name, args: storedAll(args) });
    const isMine = (message: HostMessage): message is Answer =>
      message.type === 'answer' && message.call === call && this.isOwn(message);
    const answer = this.#kernel.waitFor(isMine);
    if (!answer.ok) throw KernelError.from(answer.error);
    return fromStored(answer.value);
  }

  /** Says something. What does not fit there fails the run at its next step, or at its end. */
  tell(name: string, args: readonly unknown[]): void {
    if (this.#ended) return;
    this.#kernel.send({ ...this.#id, type: 'tell', name, args: storedAll(args) });
  }

  /** Says a line; those that would be dropped anyway are not sent. */
  log(level: LogLevel, message: string, fields: Value = {}, correlation: Value = {}): void {
    this.#logLines += 1;
    if (this.#logLines <= MAX_LOG_LINES)
      this.tell('log', [level, message.slice(0, MAX_LINE), fields, correlation]);
  }

  isOwn({ job, epoch }: RunId): boolean {
    return job === this.#id.job && epoch === this.#id.epoch;
  }

  hear(message: HostMessage): void {
    if (this.#ended || !this.isOwn(message)) return;
    if (message.type === 'abort') this.abort.abort(KernelError.from(message.error));
    else if (message.type === 'work') void this.#work(message.call);
    else if (message.type === 'answer') this.#answered(message);
  }

  /** The handler has ended; nothing more is said in its name. */
  end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#calls.clear();
    this.#say('result', ending);
  }

  async #work(call: number): Promise<void> {
    const open = this.#calls.get(call);
    if (open?.work === undefined) return;
    const ending = await endingOf(open.work, (error) => (open.thrown = { error }));
    if (!this.#ended) this.#say('worked', ending, call);
  }

  #say(type: 'result', ending: Ending): void;
  #say(type: 'worked', ending: Ending, call: number): void;
  #say(type: 'result' | 'worked', ending: Ending, call = 0): void {
    const message = type === 'result' ? { ...this.#id, type } : { ...this.#id, type, call };
    try {
      this.#kernel.send({ ...message, ...ending });
    } catch (error) {
      this.#kernel.send({ ...message, ok: false, error: sentError(error) });
    }
  }

  #answered(answer: Answer): void {
    if (answer.secrets !== undefined) this.#secrets = answer.secrets;
    const open = this.#calls.get(answer.call);
    this.#calls.delete(answer.call);
    open?.settle(answer);
  }

  #over(): KernelError {
    return new KernelError('LeaseLost', `the run of job ${this.#id.job} is over`);
  }
}

/** Runs what a handler wants to run, and brings its end into the form of a message. `caught` is given what it threw. */
export async function endingOf(work: () => unknown, caught?: (thrown: unknown) => void): Promise<Ending> {
  let value: unknown;
  try {
    value = await work();
  } catch (thrown) {
    caught?.(thrown);
    return { ok: false, error: sentError(thrown) };
  }
  try {
    return { ok: true, value: toStored(value, 'kept') };
  } catch (error) {
    return { ok: false, error: unstorable(error) };
  }
}

function unstorable(error: unknown): SerializedError {
  const sent = sentError(error);
  if (sent.code !== 'InvalidValue') return sent;
  return { ...sent, code: 'ResultNotStorable', message: `the output cannot be stored: ${sent.message}` };
}

function storedAll(args: readonly unknown[]): StoredValue[] {
  return args.map((arg) => toStored(arg, 'kept'));
}
