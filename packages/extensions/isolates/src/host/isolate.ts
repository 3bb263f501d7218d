import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type { AttemptLease, Cancellation, Signal, StoredValue, TaskContext, Value } from '@tksm/abstractions';
import { PROTOCOL, rejectedAs, TELL_LIMITS } from '../wire/messages.ts';
import type { HostMessage, IsolateMessage, RunId } from '../wire/messages.ts';
import { misbehaved, readMessage } from '../wire/read-message.ts';
import { sentError } from '../wire/sent-error.ts';
import { Allowance } from './allowance.ts';
import { AttemptBridge } from './attempt-bridge.ts';
import { lost } from './isolate-end.ts';
import type { IsolateLink, IsolatePlan, StartLink } from './isolate-link.ts';

export interface IsolateTimes {
  /** Longest time until the module is loaded. */
  readonly startMs: number;
  /** From the abort of a run to the end of its isolate. */
  readonly abortGraceMs: number;
}

/** How long the end of a killed isolate is waited for before its job may go on elsewhere. */
const KILL_WAIT_MS = 1_000;

/** What a run rejects with whose attempt ended at a wait: nobody asks how it ends. */
export const GIVEN_UP = new KernelError('LeaseLost', 'the attempt was given up');

/** What runs in an isolate now. */
interface Run {
  readonly id: RunId;
  readonly context: TaskContext;
  readonly bridge: AttemptBridge;
  readonly resolve: (output: Value) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One isolate, from its start to its end. Guarantees: one run at a time; a run ends once, by its result or by the end of the
 * isolate, whatever is said; what is said about another run, or once more, is recorded as rejected and ends the isolate; an
 * isolate that has ended is used no more.
 */
export class Isolate {
  /** Settles when it can run something. @throws KernelError `WorkerUnusable`, `ProtocolMismatch`, `WorkerLost` */
  readonly ready: Promise<void>;
  /** Runs that it has begun. */
  runs = 0;
  readonly #link: IsolateLink;
  readonly #plan: IsolatePlan;
  readonly #times: IsolateTimes;
  #settleReady: { resolve(): void; reject(error: unknown): void } | undefined;
  readonly #startTimer: Cancellation;
  #run: Run | undefined;
  /** Of the run before, for what comes late. */
  #last: { readonly id: RunId; readonly lease: AttemptLease } | undefined;
  #ended: KernelError | undefined;
  #abortTimer: Cancellation | undefined;
  readonly #tells = new Allowance(TELL_LIMITS.burst, TELL_LIMITS.perSecond);
  readonly #monotonic: () => number;

  constructor(start: StartLink, plan: IsolatePlan, times: IsolateTimes, monotonic: () => number) {
    this.#plan = plan;
    this.#times = times;
    this.#monotonic = monotonic;
    this.ready = new Promise<void>((resolve, reject) => (this.#settleReady = { resolve, reject }));
    // Met by the run that waits for it; without one nobody needs to know.
    this.ready.catch(() => undefined);
    this.#startTimer = plan.timers.after(times.startMs, () => {
      this.#end(new KernelError('WorkerUnusable', `the module was not loaded within ${times.startMs} ms`));
    });
    this.#link = start(plan, {
      said: (message) => this.#guard(() => this.#said(readMessage(message))),
      wrote: (stream, line) => this.#run?.bridge.log(stream === 'stdout' ? 'info' : 'warn', line),
      stalled: () => this.#stalled(),
      ended: (error) => this.#end(error),
    });
  }

  get label(): string {
    return this.#link.label;
  }

  get isUsable(): boolean {
    return this.#ended === undefined;
  }

  get isBusy(): boolean {
    return this.#run !== undefined;
  }

  /**
   * Runs the handler.
   *
   * @throws KernelError `HandlerStalled`, `WorkerLost`, `WorkerMisbehaved`, `ResourcesExhausted`, what `ready` throws, and what
   * the handler throws
   */
  async run(input: unknown, context: TaskContext): Promise<Value> {
    const stored = toStored(input);
    this.runs += 1;
    const { lease, signal } = context;
    await this.ready;
    signal.throwIfAborted();
    this.#link.wake();
    const id = { job: context.job.id, epoch: lease.epoch };
    const send = (message: HostMessage): void => this.#send(message);
    const bridge = new AttemptBridge(context, id, send);
    const abort = (): void => this.#abort(signal);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await new Promise<Value>((resolve, reject) => {
        this.#run = { id, context, bridge, resolve, reject };
        lease.onEnd(() => this.#leaseEnded(id, signal));
        this.#send(startOf(id, context, stored));
      });
    } finally {
      signal.removeEventListener('abort', abort);
      this.#abortTimer?.cancel();
      bridge.end();
      this.#last = { id, lease };
      this.#run = undefined;
      this.#link.rest();
    }
  }

  /** Ends it, and waits until nothing is left of it; not longer than that takes. */
  async close(): Promise<void> {
    this.#end(lost(this.label, 'it was ended'));
    await this.#gone();
  }

  #said(message: IsolateMessage): void {
    if (message.type === 'hello') {
      this.#greeted(message.protocol, message.error && KernelError.from(message.error));
      return;
    }
    const run = this.#run;
    if (run === undefined || message.job !== run.id.job || message.epoch !== run.id.epoch) {
      this.#rejected(message);
      return;
    }
    switch (message.type) {
      case 'call':
        run.bridge.call(message);
        break;
      case 'tell':
        if (!this.#tells.take(this.#monotonic())) throw misbehaved('says more than can be listened to');
        run.bridge.tell(message);
        break;
      case 'worked':
        run.bridge.worked(message);
        break;
      case 'result':
        if (!message.ok) run.reject(believable(KernelError.from(message.error)));
        else if (run.bridge.refused !== undefined) run.reject(run.bridge.refused.error);
        else run.resolve(fromStored(message.value));
        this.#last = { id: run.id, lease: run.context.lease };
        this.#run = undefined;
    }
  }

  #greeted(protocol: number, error: KernelError | undefined): void {
    this.#startTimer.cancel();
    if (protocol !== PROTOCOL) {
      const data = { protocol, expected: PROTOCOL };
      const message = `the isolate speaks version ${protocol} of the protocol, this kernel ${PROTOCOL}`;
      this.#end(new KernelError('ProtocolMismatch', message, { data }));
    } else if (error !== undefined) {
      this.#end(error);
    } else {
      this.#settleReady?.resolve();
    }
  }

  /** Somebody speaks for a run that is not the current one: nothing that is said here can be trusted any more. */
  #rejected(message: Exclude<IsolateMessage, { readonly type: 'hello' }>): void {
    const run = this.#run;
    const isOwnJob = run !== undefined && run.id.job === message.job;
    const lease = isOwnJob
      ? run.context.lease
      : this.#last?.id.job === message.job
        ? this.#last.lease
        : undefined;
    const result = rejectedAs(message);
    if (result !== undefined) lease?.reject(result, message.epoch);
    // What came late is the fault of the run before, not of the one that is on.
    if (isOwnJob) this.#end(misbehaved(`answered under epoch ${message.epoch}, which is not its own`));
    else this.#end(lost(this.label, 'it answered for a run that was over'));
  }

  #stalled(): void {
    const { stallMs } = this.#plan;
    const message = `the handler blocked the loop of ${this.label} for more than ${stallMs} ms`;
    this.#end(new KernelError('HandlerStalled', message, { data: { stallMs, worker: this.label } }));
  }

  #abort({ reason }: Signal): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#send({ ...run.id, type: 'abort', error: sentError(reason) });
    this.#abortTimer = this.#plan.timers.after(this.#times.abortGraceMs, () => {
      this.#end(lost(this.label, 'it did not end when it was told to'));
    });
  }

  /** Without an abort there is nothing to wait for: the attempt was given up, and its handler must not go on. */
  #leaseEnded(id: RunId, { aborted }: Signal): void {
    if (this.#run?.id !== id || aborted) return;
    this.#run.reject(GIVEN_UP);
    this.#end(GIVEN_UP);
  }

  #guard(work: () => void): void {
    if (this.#ended !== undefined) return;
    try {
      work();
    } catch (error) {
      this.#end(error as KernelError);
    }
  }

  #send(message: HostMessage): void {
    if (this.#ended === undefined) this.#link.send(JSON.stringify(message));
  }

  #end(error: KernelError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#startTimer.cancel();
    this.#abortTimer?.cancel();
    this.#link.kill();
    // A job must not begin elsewhere while its last handler may still do something.
    void this.#gone().then(() => {
      this.#settleReady?.reject(error);
      this.#run?.reject(error);
    });
  }

  async #gone(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#plan.timers.after(KILL_WAIT_MS, resolve);
      void this.#link.gone.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

function startOf(id: RunId, context: TaskContext, input: StoredValue): HostMessage {
  const { job, attempt, secrets, clock } = context;
  const view = job as unknown as StoredValue;
  return { ...id, type: 'start', view, attempt, input, secrets, now: clock.now() };
}

/** That it was lost is said of an isolate, never by it. */
function believable(error: KernelError): KernelError {
  if (error.code !== 'WorkerLost') return error;
  return new KernelError('HandlerFailed', error.message, { data: error.data });
}
