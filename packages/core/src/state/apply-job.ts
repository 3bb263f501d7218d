import { KernelError } from '@tksm/abstractions';
import type {
  Instant,
  JobAttemptFailed,
  JobInterrupted,
  JobLeased,
  JobOutcome,
  JobSubmitted,
  JobStepped,
  JobSuspended,
  KernelEvent,
  Position,
  SerializedError,
  StoredValue,
} from '@tksm/abstractions';
import { countAttempt } from './apply-breaker.ts';
import { applyReceipt } from './apply-inbox.ts';
import { applyChildExit } from './apply-supervision.ts';
import { debounce, openWindow, takeTokens } from './apply-flow.ts';
import { JobState } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

type JobEvent = Extract<KernelEvent, { readonly type: `job.${string}` }>;
/** Those that change a job. */
export type AppliedJobEvent = Exclude<
  JobEvent,
  { readonly type: 'job.deduplicated' | 'job.result-rejected' | 'job.recalled' }
>;

/** Applies an event to its job. */
export function applyJobEvent(
  state: KernelState,
  event: AppliedJobEvent,
  position: Position,
  time: Instant,
): void {
  state.touch('job', event.job);
  if (event.type === 'job.submitted') {
    submit(state, event, position, time);
    return;
  }
  const job = state.jobs.get(event.job);
  if (job === undefined) {
    const data = { position };
    throw new KernelError('LogDamaged', `event ${position} names a job that was never submitted`, { data });
  }
  countAttempt(state, job, event, time);
  switch (event.type) {
    case 'job.debounced':
      debounce(state, job, event, { position, time });
      break;
    case 'job.leased':
      lease(job, event, time);
      if (event.tokens !== undefined) takeTokens(state, event.tokens, time);
      break;
    case 'job.assigned':
      if (job.lease !== undefined) job.lease = { ...job.lease, worker: event.worker };
      break;
    case 'job.stepped':
      takeStep(job, event, position);
      break;
    case 'job.progressed':
      job.progress = event.progress;
      break;
    case 'job.suspended':
      suspend(job, event);
      break;
    case 'job.returned':
      giveBack(job, event.output);
      break;
    case 'job.attempt-failed':
      failAttempt(job, event);
      break;
    case 'job.interrupted':
      interrupt(job, event);
      break;
    case 'job.cancelling':
      job.cancelling = event.reason;
      break;
    case 'job.held':
      hold(job, event.error);
      break;
    case 'job.resumed':
      job.held = undefined;
      break;
    case 'job.released':
      release(state, job);
      break;
    case 'job.succeeded':
      settle(state, job, time, { status: 'succeeded', output: event.output });
      break;
    case 'job.failed':
      if (job.lease !== undefined) job.attempts += 1;
      settle(state, job, time, { status: 'failed', error: event.error });
      break;
    case 'job.cancelled':
      settle(state, job, time, { status: 'cancelled', error: event.error });
      break;
  }
}

function submit(
  state: KernelState,
  { job: id, spec, by, cmd }: JobSubmitted,
  position: Position,
  time: Instant,
): void {
  const job = new JobState(id, spec, by, time, position, cmd);
  state.jobs.set(id, job);
  state.open.open(job);
  if (spec.dedupWindowMs !== undefined) openWindow(state, job, time);
}

function lease(job: JobState, { epoch, worker, until }: JobLeased, time: Instant): void {
  job.epoch = epoch;
  job.lease = { epoch, worker, startedAt: time, until };
  job.retryAt = undefined;
  if (job.spec.retry?.maxElapsedMs !== undefined) job.tryingSince ??= time;
}

function failAttempt(job: JobState, { retryAt, error }: JobAttemptFailed): void {
  job.lease = undefined;
  job.attempts += 1;
  job.interruptions = 0;
  job.workersLost = 0;
  job.retryAt = retryAt;
  job.lastError = error;
}

function interrupt(job: JobState, { reason }: JobInterrupted): void {
  job.lease = undefined;
  job.interruptions += 1;
  if (reason === 'worker-lost') job.workersLost += 1;
}

function giveBack(job: JobState, output: StoredValue): void {
  job.lease = undefined;
  job.returned = { output };
}

function hold(job: JobState, error: SerializedError): void {
  job.lease = undefined;
  job.held = error;
}

function settle(state: KernelState, job: JobState, time: Instant, outcome: JobOutcome): void {
  if (job.outcome === undefined) state.open.settle(job);
  job.lease = undefined;
  job.retryAt = undefined;
  job.held = undefined;
  job.returned = undefined;
  job.wait = undefined;
  job.progress = undefined;
  job.outcome = outcome;
  job.settledAt = time;
  if (job.spec.supervision !== undefined) applyChildExit(state, job, job.spec.supervision);
}

function takeStep(job: JobState, { name, output, received }: JobStepped, position: Position): void {
  (job.steps ??= []).push({ name, output });
  job.interruptions = 0;
  job.workersLost = 0;
  job.wait = undefined;
  if (received !== undefined) applyReceipt(job, received, position);
}

function suspend(job: JobState, { step, until, message }: JobSuspended): void {
  job.lease = undefined;
  job.tryingSince = undefined;
  job.interruptions = 0;
  job.workersLost = 0;
  job.wait = { step, ...(until !== undefined && { until }), ...(message && { message }) };
}

function release(state: KernelState, job: JobState): void {
  if (job.outcome?.status === 'failed') job.redriven = (job.redriven ?? 0) + 1;
  if (job.outcome !== undefined) state.open.open(job);
  job.held = undefined;
  job.dependenciesWaived = true;
  job.outcome = undefined;
  job.settledAt = undefined;
  job.cancelling = undefined;
  job.retryAt = undefined;
  job.tryingSince = undefined;
  job.attempts = 0;
  job.interruptions = 0;
  job.workersLost = 0;
}
