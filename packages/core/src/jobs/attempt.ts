import { fromStored, isKernelError, KernelError } from '@tksm/abstractions';
import type { Signal, TaskKind, Value } from '@tksm/abstractions';
import { resolveOutputRefs } from '../kinds/output-refs.ts';
import { validateInput } from '../kinds/validate-input.ts';
import type { JobState } from '../state/job-state.ts';
import { storedPayload } from '../submit/job-spec.ts';
import { AttemptContext } from './attempt-context.ts';
import type { AttemptHost } from './attempt-host.ts';
import { recordedError } from './job-error.ts';
import type { AttemptResult } from './settlement.ts';

/**
 * One run of a handler under one lease. Whatever the handler does (returns, throws anything, never settles), it ends
 * in at most one call of `host.finished`; nothing it throws escapes.
 */
export class Attempt {
  readonly job: JobState;
  readonly epoch: number;
  readonly #kind: TaskKind;
  readonly #host: AttemptHost;
  #context: AttemptContext | undefined;
  #controller: AbortController | undefined;
  #abortReason: KernelError | undefined;

  constructor(host: AttemptHost, job: JobState, kind: TaskKind) {
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

  get context(): AttemptContext | undefined {
    return this.#context;
  }

  start(): void {
    let output: unknown;
    let answer: Promise<unknown> | undefined;
    try {
      const input = validateInput(this.#kind.input, this.#input());
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

  abort(reason: KernelError): void {
    if (this.#abortReason !== undefined) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  #input(): Value {
    const { input } = this.job.spec;
    return fromStored(resolveOutputRefs(input, (id) => this.#host.engine.known(id)?.outcome));
  }

  #succeed(value: unknown): void {
    const effects = this.#context?.effects;
    if (effects?.isUnchecked) {
      effects.checked().then(
        () => {
          this.#succeed(value);
        },
        (thrown: unknown) => {
          this.#fail(thrown);
        },
      );
      return;
    }
    let result: AttemptResult;
    try {
      this.#context?.finish();
      result = { ok: true, output: storedPayload(value, 'the output') };
    } catch (thrown) {
      const unstorable = isKernelError(thrown, 'InvalidValue');
      result = { ok: false, error: recordedError(unstorable ? notStorable(thrown) : thrown) };
    }
    this.#host.finished(this, result);
  }

  /** A handler that fails because it was told to stop fails for that reason. */
  #fail(thrown: unknown): void {
    this.#host.finished(this, { ok: false, error: recordedError(this.#abortReason ?? thrown) });
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
