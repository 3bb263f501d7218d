// When a failed attempt is followed by another: the delays of its policy worked out from their meaning, one after the other.

import { DEFAULT_RETRY } from '@tksm/abstractions';
import type { RetryPolicy, SerializedError } from '@tksm/abstractions';
import type { AuditedJob } from './audited-job.ts';
import { mustHold } from './violation.ts';

/** A whole number of milliseconds. */
const ROUNDING_MS = 1;
/** What is tried again by every policy that names no errors. */
const ALWAYS_RETRIED = ['HandlerFailed', 'NonErrorThrown'];

interface Failed {
  readonly error: SerializedError;
  readonly what: string;
  readonly time: number;
}

/** An attempt failed, and another follows: neither too early nor too late, and not one too many. */
export function checkRetry(job: AuditedJob, retryAt: number, { error, what, time }: Failed): void {
  const policy = job.spec.retry ?? DEFAULT_RETRY;
  const failures = job.failures + 1;
  const { maxAttempts, maxElapsedMs = Number.POSITIVE_INFINITY } = policy;
  mustHold('retries-bounded', failures < maxAttempts, `${what}, the ${failures}. of ${maxAttempts}`);
  const [least, most] = delaysOf(policy, failures, error);
  const delay = retryAt - time;
  const isInBounds = delay >= least - ROUNDING_MS && delay <= most + ROUNDING_MS;
  mustHold('retries-in-time', isInBounds, `${what}, again in ${delay} ms, not ${least} to ${most}`);
  const elapsed = retryAt - (job.triedSince ?? time);
  mustHold('retries-bounded', elapsed <= maxElapsedMs, `${what}, again after ${elapsed} of ${maxElapsedMs}`);
}

/** A job failed for good under a lease: its policy would not have had it tried again. */
export function checkGivenUp(job: AuditedJob, { error, what, time }: Failed): void {
  const policy = job.spec.retry ?? DEFAULT_RETRY;
  const { maxAttempts, maxElapsedMs = Number.POSITIVE_INFINITY } = policy;
  const namesErrors = (policy.retryOn ?? policy.giveUpOn) !== undefined;
  if (namesErrors || !ALWAYS_RETRIED.includes(error.code)) return;
  const failures = job.failures + 1;
  const [, most] = delaysOf(policy, failures, error);
  const isLate = time + most + ROUNDING_MS - (job.triedSince ?? time) > maxElapsedMs;
  mustHold('retries-due', failures >= maxAttempts || isLate, `${what}, the ${failures}. of ${maxAttempts}`);
}

/** The least and the most that a delay may be. */
function delaysOf(
  policy: RetryPolicy,
  failures: number,
  error: SerializedError,
): [least: number, most: number] {
  const delays = policy.backoff === 'table' ? policy.delaysMs : stepsOf(policy, failures);
  const longest = policy.backoff === 'table' ? Math.max(...delays) : policy.maxDelayMs;
  const asked = error.data?.['retryAfterMs'];
  if (typeof asked === 'number' && asked >= 0) return [Math.min(asked, longest), Math.min(asked, longest)];
  const most = Math.min(delays[failures - 1] ?? delays.at(-1) ?? 0, longest);
  return [most * (1 - policy.jitter), most];
}

/** The delays after the first failures, each made of the one before. */
function stepsOf(policy: Exclude<RetryPolicy, { readonly backoff: 'table' }>, failures: number): number[] {
  const delays = [policy.initialDelayMs];
  while (delays.length < failures) {
    const last = delays.at(-1) ?? 0;
    delays.push(policy.backoff === 'linear' ? last + policy.incrementMs : last * policy.factor);
  }
  return delays;
}
