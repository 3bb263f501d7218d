import type { Instant, JobId, RetryPolicy } from '@tksm/abstractions';

/**
 * When the attempt after a failed one may begin. Exponential, capped, and spread downwards by a hash of job and attempt
 * instead of chance, so that a replay agrees and no delay is longer than the policy's longest. Source: FNV-1a.
 */
export function nextAttemptAt(
  job: JobId,
  failedAttempts: number,
  policy: RetryPolicy,
  now: Instant,
): Instant {
  // Nothing times infinity is not a number: a growth without bound meets the bound of the delay first.
  const growth = Math.min(policy.factor ** (failedAttempts - 1), Number.MAX_VALUE);
  const delay = Math.min(policy.initialDelayMs * growth, policy.maxDelayMs);
  const spread = (fnv1a(`${job}/${failedAttempts}`) / 2 ** 32) * policy.jitter;
  return now + Math.round(delay * (1 - spread));
}

function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
