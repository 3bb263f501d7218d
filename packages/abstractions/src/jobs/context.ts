import type { BlobStore } from '../blobs/blob-store.ts';
import type { Logger } from '../observability/logger.ts';
import type { Signal } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Instant, JobId } from '../runtime/ids.ts';
import type { Random } from '../runtime/random.ts';
import type { StoredObject, Value } from '../values/value.ts';
import type { Etag, Variable } from '../vars/var-store.ts';
import type { Command } from '../kernel/command.ts';
import type { AttemptLease } from './attempt-lease.ts';
import type { AttemptInbox, Message, MessageFilter, ReceiveOptions } from './inbox.ts';
import type { JobView, Progress } from './job.ts';

/** Variables as an attempt sees them: its own writes first. Writes are buffered until the step or the result. */
export interface AttemptVars {
  get(name: string): Promise<Variable | undefined>;
  set(
    name: string,
    value: Value,
    options?: { readonly metadata?: StoredObject; readonly ifEtag?: Etag | null },
  ): void;
  delete(name: string): void;
}

/** Jobs as an attempt sees them; only what is durable. */
export interface AttemptJobs {
  get(id: JobId): Promise<JobView | undefined>;
  /** Children of a job in the order of their submission. */
  children(parent: JobId): AsyncIterable<JobView>;
}

/** What a task's handler is given. Effects are buffered and committed with the step or the result, or not at all. */
export interface TaskContext {
  readonly job: JobView;
  /** 1 for the first attempt that counts. */
  readonly attempt: number;
  /** Aborts on cancel, timeout and drain. The reason is a KernelError. */
  readonly signal: Signal;
  readonly log: Logger;
  readonly clock: Clock;
  /** Chance for external use; inside a step, so that a replay of the job repeats it. */
  readonly random: Random;
  readonly blobs: BlobStore;
  /** The secrets that were resolved for this attempt so far: to be masked in whatever is captured. */
  readonly secrets: readonly string[];
  readonly vars: AttemptVars;
  readonly jobs: AttemptJobs;
  /** For a kind that hands its attempts to workers of its own. */
  readonly lease: AttemptLease;
  /** Says that the attempt goes on. A kind that declares `heartbeatMs` loses its lease when it is silent for that long. */
  heartbeat(): void;
  /** Volatile; a sample reaches the log. */
  progress(progress: Progress): void;
  /**
   * Runs `work` once per job, over all attempts: its output is durable, with the effects so far, before this returns,
   * and a later attempt is given the recorded output. A step that fails leaves no record and ends its attempt, whatever the
   * handler does next: a later attempt could not repeat it. What may fail is caught inside `work`.
   *
   * @throws KernelError `StepRepeated`, `StepOrderChanged`, `StepOverlapped`, `PayloadTooLarge`, `LeaseLost`
   */
  step<T extends Value>(name: string, work: () => T | Promise<T>): Promise<T>;
  /**
   * Waits, however long, without a slot: the attempt ends here, what it did so far is recorded, and the handler runs
   * again from its start when the time has come, with its steps given back. Its promise never settles then, and no
   * `finally` runs. A wait is a step, named by its order (`sleep#1`) or by `name`, under the same rules; a later
   * attempt does not wait again.
   *
   * @throws KernelError as `step`; `InvalidInput`
   */
  sleep(delayMs: number, options?: { readonly name?: string }): Promise<void>;
  /** As `sleep`, until a moment; one that is over does not wait. */
  sleepUntil(at: Instant, options?: { readonly name?: string }): Promise<void>;
  /**
   * As `sleep`, until a message is there that fits: the oldest one, which is then read. Undefined when `timeoutMs` passed
   * first; a message that is there when the handler looks counts before the timeout.
   */
  waitFor(filter: MessageFilter): Promise<Message>;
  waitFor(filter: MessageFilter, options: ReceiveOptions): Promise<Message | undefined>;
  readonly inbox: AttemptInbox;
  /**
   * Calls a driver: `call('fs', 'read', { path })`. What it needs a right for is recorded before it touches anything. A repeated
   * attempt calls again, under the same key: a call inside a step is made once more only when the step was not recorded.
   *
   * @throws KernelError `CapabilityDenied`, also when the job names claims and none of them covers it; `UnsupportedOperation`
   * for a driver or an operation that is not there, `InvalidInput`, `LeaseLost`, and what the driver refuses with
   */
  call(driver: string, op: string, input?: object): Promise<Value>;
  /** Submits a child job; its id is derived, so a repeated attempt submits the same job. Takes no `id` or `dedupKey`. */
  submit(command: Command): JobId;
  /** Records a fact with the step or the result. */
  emit(name: string, data: Value): void;
}
