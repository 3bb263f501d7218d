import type { Instant, JobId, RetryPolicy } from '@tksm/abstractions';

/**
 * When the attempt after a failed one may begin. Exponential, capped, and spread by a hash of job and attempt instead
 * of chance, so that a replay agrees. Source: FNV-1a for the hash.
 */
export function nextAttemptAt(
  job: JobId,
  failedAttempts: number,
  policy: RetryPolicy,
  now: Instant,
): Instant {
  const exact = policy.initialDelayMs * policy.factor ** (failedAttempts - 1);
  const delay = Math.min(exact, policy.maxDelayMs);
  const spread = (fnv1a(`${job}/${failedAttempts}`) / 2 ** 32 - 0.5) * policy.jitter;
  return now + Math.round(delay * (1 + spread));
}

function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
