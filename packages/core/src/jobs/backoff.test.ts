import { DEFAULT_RETRY } from '@tksm/abstractions';
import type { JobId, RetryPolicy } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextAttemptAt } from './backoff.ts';

const job = 'a'.repeat(32) as JobId;
const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 1_000 }),
  initialDelayMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  factor: fc.double({ min: 1, max: 1_000, noNaN: true }),
  maxDelayMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

it('gives a whole number within the bounds of the policy, and always the same one', () => {
  fc.assert(
    fc.property(policies, fc.integer({ min: 1, max: 1_000 }), (policy, attempts) => {
      const at = nextAttemptAt(job, attempts, policy, 1_000);
      expect(Number.isSafeInteger(at)).toBe(true);
      const exact = Math.min(
        policy.initialDelayMs * Math.min(policy.factor ** (attempts - 1), Number.MAX_VALUE),
        policy.maxDelayMs,
      );
      expect(at - 1_000).toBeLessThanOrEqual(Math.round(exact));
      expect(at - 1_000).toBeGreaterThanOrEqual(Math.round(exact * (1 - policy.jitter)));
      expect(nextAttemptAt(job, attempts, { ...policy }, 1_000)).toBe(at);
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
