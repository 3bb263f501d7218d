import { fromStored, isKernelError, KernelError } from '@tksm/abstractions';
import type {
  Command,
  JobId,
  SensitivePart,
  SerializedError,
  Signal,
  StoredObject,
  StoredValue,
  TaskKind,
} from '@tksm/abstractions';
import type { OutcomeOf } from '../kinds/output-refs.ts';
import { validateInput } from '../kinds/validate-input.ts';
import type { JobState } from '../state/job-state.ts';
import { Expiring } from '../leases/expiry-list.ts';
import type { Heartbeat } from '../leases/heartbeat.ts';
import type { Giver } from '../sealing/giver.ts';
import { takePayload } from '../sealing/payload.ts';
import { hasReferences } from '../sealing/tagged.ts';
import { AttemptContext } from './attempt-context.ts';
import type { AttemptHost } from './attempt-host.ts';
import { Disclosure } from './disclosure.ts';
import { recordedError } from './job-error.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { seenFrom } from './may-look.ts';

/** A value on its way into the log; `sealing` is there when parts of it are sensitive, and gives what is logged. */
export interface TakenValue {
  readonly clear: StoredValue;
  readonly sealing?: Promise<StoredValue>;
}

/**
 * One run of a handler under one lease. Whatever the handler does (returns, throws anything, never settles), it ends
 * in at most one call of `host.finished`; nothing it throws escapes. It expires when its timeout is over.
 */
export class Attempt extends Expiring {
  readonly job: JobState;
  readonly epoch: number;
  /** Of a kind that must not be silent. */
  heartbeat: Heartbeat | undefined = undefined;
  /** Whether a worker besides the kernel runs it. */
  assigned = false;
  /** Of whoever runs it besides the kernel. */
  onLeaseEnd: (() => void) | undefined = undefined;
  readonly #kind: TaskKind;
  readonly #host: AttemptHost;
  #context: AttemptContext | undefined;
  #controller: AbortController | undefined;
  #abortReason: KernelError | undefined;
  #suspended = false;
  /** Made when something hidden is first met: most attempts meet nothing. */
  #disclosure: Disclosure | undefined;

  constructor(host: AttemptHost, job: JobState, kind: TaskKind) {
    super();
    this.#host = host;
    this.#kind = kind;
    this.job = job;
    this.epoch = job.epoch;
  }

  /** Made when a handler first asks: most never do. */
  get signal(): Signal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal as Signal;
  }

  get abortReason(): KernelError | undefined {
    return this.#abortReason;
  }

  /** Whether it ended at a wait: whatever of its handler still runs is nobody's. */
  get isSuspended(): boolean {
    return this.#suspended;
  }

  /** Ends it at a wait. What listened to its signal hears nothing any more, so that all of it can be forgotten. */
  suspend(): void {
    this.#suspended = true;
    this.#controller = undefined;
    this.#context = undefined;
  }

  /** Whether it may wait: not when it was told to stop for good. @throws KernelError `Cancelled`, `TimedOut`, `DeadlineExceeded` */
  throwIfEnding(): void {
    const { cancelling } = this.job;
    if (cancelling !== undefined) throw new KernelError('Cancelled', cancelling);
    if (this.#abortReason !== undefined && this.#abortReason.code !== 'Interrupted') throw this.#abortReason;
  }

  get context(): AttemptContext | undefined {
    return this.#context;
  }

  start(): void {
    let output: unknown;
    let answer: Promise<unknown> | undefined;
    try {
      const stored = this.job.spec.input;
      const input = hasReferences(stored)
        ? this.reveal(stored).then((shown) => validateInput(this.#kind.input, fromStored(shown)))
        : validateInput(this.#kind.input, fromStored(stored));
      const context = (this.#context = new AttemptContext(this.#host, this));
      output =
        input instanceof Promise
          ? input.then((value) => this.#kind.run(value, context) as unknown)
          : this.#kind.run(input, context);
      // A thenable of the handler's own may throw, or answer twice: a promise around it answers once.
      if (isThenable(output)) answer = Promise.resolve(output);
    } catch (thrown) {
      this.#fail(thrown);
      return;
    }
    if (answer === undefined) {
      this.#succeed(output);
      return;
    }
    answer.then(
      (value) => {
        this.#succeed(value);
      },
      (thrown: unknown) => {
        this.#fail(thrown);
      },
    );
  }

  expired(): void {
    this.#host.leases.timedOut(this);
  }

  abort(reason: KernelError): void {
    if (this.#abortReason !== undefined) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  /** A logged value as the handler sees it. @throws KernelError `SubjectErased`, `SecretMissing`, `InvalidInput` */
  reveal(value: StoredValue): Promise<StoredValue> {
    if (!hasReferences(value)) return Promise.resolve(value);
    return this.#disclosing().reveal(value);
  }

  /** A job that the handler may look at; undefined when there is none. @throws KernelError `CapabilityDenied` */
  seen(id: JobId): KnownJob | undefined {
    return this.#host.asking(this, () => seenFrom(this.#host.engine, this.job, id));
  }

  #disclosing(): Disclosure {
    const { sealer, engine, ports } = this.#host;
    const { secrets, redactor } = ports;
    const outcomeOf: OutcomeOf = (id) => this.seen(id)?.outcome;
    const { by, spec } = this.job;
    const mayUse = (resource: string): void => {
      this.#host.asking(this, () => {
        engine.authority.check(by, { action: 'secret.use', resource, kind: spec.kind }, engine.now);
      });
    };
    return (this.#disclosure ??= new Disclosure({ sealer, secrets, redactor, outcomeOf, mayUse }));
  }

  /** The secrets that were resolved so far. */
  get secrets(): readonly string[] {
    return this.#disclosure?.secrets ?? [];
  }

  /** The command for a child, without the secrets that this attempt was shown. */
  handedOn(command: Command): Command {
    if (this.#disclosure === undefined || command.input === undefined) return command;
    return { ...command, input: this.withSecretNames(command.input) };
  }

  /** A value that is passed on: a secret in it goes by its name. */
  withSecretNames(value: unknown): unknown {
    return this.#disclosure === undefined ? value : this.#disclosure.withSecretNames(value);
  }

  /** Refuses to have a value logged that repeats what is hidden. @throws KernelError `SecretInClear` */
  refuseHidden(value: object, what: string): void {
    const text = value as StoredObject;
    const masked = this.#disclosure?.mask(text) ?? text;
    if (masked === text || JSON.stringify(masked) === JSON.stringify(text)) return;
    throw new KernelError(
      'SecretInClear',
      `${what} would write a secret, or what is somebody's, into the log`,
    );
  }

  /** What its handler gives is given by its job's handle, and by what it was shown. */
  get giver(): Giver {
    return { handle: this.job.by, shown: this.#disclosure };
  }

  /** A value of the handler on its way into the log; `sealing` is what is logged of it when it has sensitive parts. */
  take(value: unknown, what: string, declared?: readonly SensitivePart[]): TakenValue {
    const { input } = this.job.spec;
    const { clear: taken, parts } = this.#host.asking(this, () =>
      takePayload(value, what, declared, { input, giver: this.giver }),
    );
    const clear = this.#disclosure?.maskSecrets(taken) ?? taken;
    if (parts.length === 0) return { clear };
    // What the handler found out of somebody is not for its errors either.
    for (const { value: hidden, owner } of parts) this.#disclosing().hide(hidden, owner);
    return { clear, sealing: this.#host.sealer.seal({ clear, parts }) };
  }

  #succeed(value: unknown): void {
    const done = this.#context?.done;
    if (done?.isUnchecked === true) {
      this.#later(done.checked(), () => {
        this.#succeed(value);
      });
      return;
    }
    let taken: TakenValue;
    try {
      this.#context?.finish();
      taken = this.take(value, 'the output', this.#kind.sensitive?.output);
    } catch (thrown) {
      this.#end(isKernelError(thrown, 'InvalidValue') ? notStorable(thrown) : thrown);
      return;
    }
    const finish = (output: StoredValue): void => {
      this.#host.finished(this, { ok: true, output });
    };
    if (taken.sealing === undefined) finish(taken.clear);
    else this.#later(taken.sealing, finish);
  }

  #later<T>(work: Promise<T>, then: (value: T) => void): void {
    work.then(then, (thrown: unknown) => {
      this.#fail(thrown);
    });
  }

  /** A handler that fails because it was told to stop fails for that reason. */
  #fail(thrown: unknown): void {
    this.#end(this.#abortReason ?? thrown);
  }

  /** What it was shown of hidden values may be in the error's words. */
  #end(thrown: unknown): void {
    const error = recordedError(thrown);
    const masked = this.#disclosure?.mask(error as unknown as StoredObject) ?? error;
    this.#host.finished(this, { ok: false, error: masked as unknown as SerializedError });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function notStorable(cause: KernelError): KernelError {
  return new KernelError('ResultNotStorable', `the handler's output cannot be stored: ${cause.message}`, {
    data: cause.data,
    cause,
  });
}
