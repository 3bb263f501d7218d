import type { Instant, JobId, RetryPolicy, SerializedError } from '@tksm/abstractions';

/**
 * When the attempt after a failed one may begin: as the error asks, or as the policy says, spread downwards by a hash of
 * job and attempt instead of chance, so that a replay agrees and no delay is longer than the policy's longest. Source:
 * FNV-1a.
 */
export function nextAttemptAt(
  job: JobId,
  failedAttempts: number,
  policy: RetryPolicy,
  now: Instant,
  error?: SerializedError,
): Instant {
  const asked = error?.data?.retryAfterMs;
  if (typeof asked === 'number' && asked >= 0) return now + Math.round(Math.min(asked, longest(policy)));
  const spread = (fnv1a(`${job}/${failedAttempts}`) / 2 ** 32) * policy.jitter;
  return now + Math.round(delayAfter(policy, failedAttempts) * (1 - spread));
}

function delayAfter(policy: RetryPolicy, failedAttempts: number): number {
  if (policy.backoff === 'table') {
    const { delaysMs } = policy;
    return delaysMs[Math.min(failedAttempts, delaysMs.length) - 1] ?? 0;
  }
  const { initialDelayMs, maxDelayMs } = policy;
  if (policy.backoff === 'linear') {
    return Math.min(initialDelayMs + policy.incrementMs * (failedAttempts - 1), maxDelayMs);
  }
  // Nothing times infinity is not a number: a growth without bound meets the bound of the delay first.
  const growth = Math.min(policy.factor ** (failedAttempts - 1), Number.MAX_VALUE);
  return Math.min(initialDelayMs * growth, maxDelayMs);
}

function longest(policy: RetryPolicy): number {
  return policy.backoff === 'table' ? Math.max(...policy.delaysMs) : policy.maxDelayMs;
}

function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
