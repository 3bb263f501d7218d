import { DEFAULT_RETRY } from '@tksm/abstractions';
import type { JobId, RetryPolicy } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextAttemptAt } from './backoff.ts';

const job = 'a'.repeat(32) as JobId;
const ms = fc.double({ min: 0, max: 1e9, noNaN: true });
const limits = {
  maxAttempts: fc.integer({ min: 1, max: 1_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
};
const policies: fc.Arbitrary<RetryPolicy> = fc.oneof(
  fc.record({
    ...limits,
    initialDelayMs: ms,
    factor: fc.double({ min: 1, max: 1_000, noNaN: true }),
    maxDelayMs: ms,
  }),
  fc.record({
    ...limits,
    backoff: fc.constant('linear' as const),
    initialDelayMs: ms,
    incrementMs: ms,
    maxDelayMs: ms,
  }),
  fc.record({
    ...limits,
    backoff: fc.constant('table' as const),
    delaysMs: fc.array(ms, { minLength: 1, maxLength: 9 }),
  }),
);

it('gives a whole number within the bounds of the policy, and always the same one', () => {
  fc.assert(
    fc.property(policies, fc.integer({ min: 1, max: 1_000 }), (policy, attempts) => {
      const at = nextAttemptAt(job, attempts, policy, 1_000);
      expect(Number.isSafeInteger(at)).toBe(true);
      const exact = exactDelay(policy, attempts);
      expect(at - 1_000).toBeLessThanOrEqual(Math.round(exact));
      expect(at - 1_000).toBeGreaterThanOrEqual(Math.round(exact * (1 - policy.jitter)));
      expect(nextAttemptAt(job, attempts, { ...policy }, 1_000)).toBe(at);
    }),
  );
});

it('waits as long as an error asks for, up to the longest delay of the policy', () => {
  const asking = fc.double({ min: 0, noNaN: true });
  fc.assert(
    fc.property(policies, asking, (policy, retryAfterMs) => {
      const error = { code: 'HandlerFailed' as const, message: '', data: { retryAfterMs } };
      const longest = policy.backoff === 'table' ? Math.max(...policy.delaysMs) : policy.maxDelayMs;
      expect(nextAttemptAt(job, 1, policy, 7, error)).toBe(7 + Math.round(Math.min(retryAfterMs, longest)));
    }),
  );
});

it('grows by the factor up to the longest delay', () => {
  const policy = { ...DEFAULT_RETRY, jitter: 0 };
  const delays = [1, 2, 3, 7, 8, 400].map((attempts) => nextAttemptAt(job, attempts, policy, 0));
  expect(delays).toEqual([1_000, 2_000, 4_000, 60_000, 60_000, 60_000]);
});

it('spreads jobs that fail together', () => {
  const policy = { ...DEFAULT_RETRY, jitter: 1, initialDelayMs: 10_000 };
  const delays = Array.from({ length: 1_000 }, (_, n) =>
    nextAttemptAt(n.toString(16).padStart(32, '0') as JobId, 1, policy, 0),
  );
  const tenths = new Set(delays.map((delay) => Math.floor(delay / 1_000)));
  expect(tenths.size).toBeGreaterThanOrEqual(10);
});

it('takes the delays of a table one by one, and then the last again', () => {
  const policy = { backoff: 'table', delaysMs: [1_000, 5_000, 60_000], maxAttempts: 9, jitter: 0 } as const;
  const delays = [1, 2, 3, 4, 8].map((attempts) => nextAttemptAt(job, attempts, policy, 0));
  expect(delays).toEqual([1_000, 5_000, 60_000, 60_000, 60_000]);
});

function exactDelay(policy: RetryPolicy, attempts: number): number {
  if (policy.backoff === 'table') return policy.delaysMs[attempts - 1] ?? policy.delaysMs.at(-1) ?? 0;
  const { initialDelayMs, maxDelayMs } = policy;
  const exact =
    policy.backoff === 'linear'
      ? initialDelayMs + policy.incrementMs * (attempts - 1)
      : initialDelayMs * Math.min(policy.factor ** (attempts - 1), Number.MAX_VALUE);
  return Math.min(exact, maxDelayMs);
}
