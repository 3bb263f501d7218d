import { DEFAULT_RETRY, KernelError } from '@tksm/abstractions';
import type {
  Instant,
  JobCancelled,
  JobInterrupted,
  KernelEvent,
  RejectedResult,
  SerializedError,
  StoredValue,
} from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import { nextAttemptAt } from './backoff.ts';
import { isRetryable } from './job-error.ts';

/** After this many attempts in a row that were interrupted, a job fails with the process that dies: it may be what kills it. */
const MAX_INTERRUPTIONS = 100;

/** After this many lost workers in a row, a job fails: it may be what ends them. */
const MAX_WORKERS_LOST = 10;

/** How an attempt ended. */
export type AttemptResult =
  | { readonly ok: true; readonly output: StoredValue }
  | { readonly ok: false; readonly error: SerializedError };

/** The event for an attempt that ended under the job's current lease; `hasChildren` counts those it `submits` with it. */
export function decideResult(
  job: JobState,
  result: AttemptResult,
  now: Instant,
  { submits, hasChildren }: { readonly submits: boolean; readonly hasChildren: boolean },
): KernelEvent {
  const { id, epoch } = job;
  if (!result.ok) return decideFailure(job, result.error, now);
  // Its children were cancelled with it, or were to be.
  if (job.cancelling !== undefined && (submits || job.spec.childPolicy === 'await')) return cancelled(job);
  const { output } = result;
  // Whether the children are open is looked at afterwards, as a reaction: they may be part of the same frame.
  if (job.spec.childPolicy === 'await' && hasChildren)
    return { type: 'job.returned', v: 1, job: id, epoch, output };
  return { type: 'job.succeeded', v: 1, job: id, epoch, output };
}

/** The event for a job that fails without an attempt's end. */
export function failed({ id, epoch }: JobState, error: KernelError): KernelEvent {
  return { type: 'job.failed', v: 1, job: id, epoch, error: error.toJSON() };
}

/** The event for an attempt that failed, was cancelled, or was interrupted by a drain. */
export function decideFailure(job: JobState, error: SerializedError, now: Instant): KernelEvent {
  const { id, epoch } = job;
  if (job.cancelling !== undefined) return cancelled(job);
  if (error.code === 'Interrupted') return decideInterruption(job, 'drain');
  if (error.code === 'WorkerLost') return decideInterruption(job, 'worker-lost');
  const retry = job.spec.retry ?? DEFAULT_RETRY;
  const attempts = job.attempts + 1;
  if (attempts < retry.maxAttempts && isRetryable(error, retry)) {
    const retryAt = nextAttemptAt(id, attempts, retry, now, error);
    const { maxElapsedMs = Number.POSITIVE_INFINITY } = retry;
    if (retryAt - (job.tryingSince ?? now) <= maxElapsedMs)
      return { type: 'job.attempt-failed', v: 1, job: id, epoch, error, retryAt };
  }
  return { type: 'job.failed', v: 1, job: id, epoch, error };
}

/** The event for an attempt that ended through no fault of its own. */
export function decideInterruption(job: JobState, reason: JobInterrupted['reason']): KernelEvent {
  const { id, epoch } = job;
  if (job.cancelling !== undefined) return cancelled(job);
  const message = whyTooMany(job, reason);
  if (message !== undefined)
    return { type: 'job.failed', v: 1, job: id, epoch, error: { code: 'TooManyInterruptions', message } };
  return { type: 'job.interrupted', v: 1, job: id, epoch, reason };
}

function whyTooMany(job: JobState, reason: JobInterrupted['reason']): string | undefined {
  if (reason === 'incarnation-ended' && job.interruptions >= MAX_INTERRUPTIONS)
    return `it was interrupted ${job.interruptions + 1} times in a row, now by the end of its process`;
  if (reason === 'worker-lost' && job.workersLost >= MAX_WORKERS_LOST)
    return `${MAX_WORKERS_LOST + 1} workers in a row were lost while they ran this job`;
  return undefined;
}

/** The event that ends a job on request. */
export function cancelled(job: JobState, reason?: string): JobCancelled {
  const message = reason ?? job.cancelling ?? 'cancelled';
  return { type: 'job.cancelled', v: 1, job: job.id, error: { code: 'Cancelled', message } };
}

/** What a handler's late result leaves behind. */
export function rejected(job: JobState, epoch: number, result: RejectedResult): KernelEvent {
  return { type: 'job.result-rejected', v: 1, job: job.id, epoch, result };
}

export function leaseLost(job: JobState, epoch: number): KernelError {
  const data = { job: job.id, epoch, current: job.epoch };
  return new KernelError('LeaseLost', `job ${job.id} is not held under epoch ${epoch} any more`, { data });
}
