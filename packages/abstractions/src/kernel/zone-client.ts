import type { JobOutcome, JobView, Progress } from '../jobs/job.ts';
import type { RecordedEvent } from '../log/event.ts';
import type { Signal } from '../runtime/abort.ts';
import type { JobId, ZoneId } from '../runtime/ids.ts';
import type { Command, OperationReceipt, Receipt, TaskReceipt } from './command.ts';
import type { Health } from './health.ts';
import type { SubscribeOptions } from './kernel.ts';

/**
 * What can be asked of a zone from anywhere: beside its kernel, or from another process. Everything acts under one right,
 * settled when the client was made. Errors are those of `Kernel`; a client elsewhere adds `Unreachable` when the
 * connection is lost, and `OutcomeUnknown` with `data.id` for a command that was under way then: it is safe to send it
 * again under that id.
 */
export interface ZoneClient {
  readonly zone: ZoneId;
  submit(command: Command): Promise<Receipt>;
  enqueue(command: Command): Promise<TaskReceipt>;
  perform(command: Command): Promise<OperationReceipt>;
  /** Submits tasks as one batch. `options.id` makes it idempotent, as an id does for one command. */
  enqueueAll(
    commands: readonly Command[],
    options?: { readonly id?: string },
  ): Promise<readonly TaskReceipt[]>;
  /** A job as it stands, without its steps and what it has not read. */
  job(id: JobId): Promise<JobView | undefined>;
  /** How a job ended; waits until it has, durably. */
  outcome(job: JobId, options?: { readonly signal?: Signal }): Promise<JobOutcome>;
  /** Events by position, without gap or double. A slow reader waits for nobody and holds nobody up. */
  events(options?: SubscribeOptions): AsyncIterable<RecordedEvent>;
  /** Volatile progress of one job. Returns the unsubscribing call. */
  onProgress(job: JobId, listener: (progress: Progress) => void): () => void;
  health(): Promise<Health>;
}
