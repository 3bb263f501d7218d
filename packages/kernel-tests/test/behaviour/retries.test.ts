import { KernelError } from '@tksm/abstractions';
import type { RetryOptions } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, flaky, storyOf, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

class Overloaded extends Error {
  override readonly name = 'Overloaded';
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super('come back later');
    this.retryAfterMs = retryAfterMs;
  }
}

/** Fails its first attempt as its input says. */
const picky = defineKind<{ readonly how: 'class' | 'code'; readonly after?: number }, string>({
  name: 'picky',
  run: ({ how, after = 0 }, { attempt }) => {
    if (attempt > 1) return 'done';
    if (how === 'class') throw new Overloaded(after);
    throw new KernelError('ProcessRejected', 'no', { data: { retryAfterMs: after } });
  },
});

const kinds = [flaky, picky];

describe('the delay between attempts', () => {
  it.each<[string, RetryOptions, number[]]>([
    [
      'grows by an increment',
      { backoff: 'linear', initialDelayMs: 1_000, incrementMs: 500, maxAttempts: 4 },
      [1_000, 1_500, 2_000],
    ],
    ['is read from a table', { backoff: 'table', delaysMs: [1_000, 5_000, 60_000] }, [1_000, 5_000, 60_000]],
    [
      'repeats the last of a table',
      { backoff: 'table', delaysMs: [1_000, 2_000], maxAttempts: 4 },
      [1_000, 2_000, 2_000],
    ],
  ])('%s', async (_how, retry, delays) => {
    await withKernel({ kinds }, async (test) => {
      const start = test.clock.now();
      const options = { ...retry, jitter: 0 } as RetryOptions;
      const { job } = await test.enqueue({ kind: flaky, input: { times: 3 }, retry: options });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 4 });
      expect(test.clock.now() - start).toBe(delays.reduce((sum, delay) => sum + delay));
    })();
  });

  it.each([
    [20_000, 20_000],
    [500_000, 60_000],
    [0, 0],
  ])('is %i ms when the error asks for it, %i by the cap of the policy', async (after, waited) => {
    await withKernel({ kinds }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue({ kind: picky, input: { how: 'class', after } });
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(test.clock.now() - start).toBe(waited);
    })();
  });

  it(
    'may come with a code of ours',
    withKernel({ kinds }, async (test) => {
      const start = test.clock.now();
      const retry = { retryOn: ['ProcessRejected'] };
      const { job } = await test.enqueue({ kind: picky, input: { how: 'code', after: 7_000 }, retry });
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(test.clock.now() - start).toBe(7_000);
    }),
  );
});

describe('whether a failed attempt is followed by another', () => {
  it.each<[string, 'class' | 'code', RetryOptions, string]>([
    ['only listed errors are tried again', 'class', { retryOn: ['TimedOut'] }, 'failed'],
    ['a class can be listed by its name', 'class', { retryOn: ['Overloaded'] }, 'succeeded'],
    [
      'a listed code is tried again, whatever it says of itself',
      'code',
      { retryOn: ['ProcessRejected'] },
      'succeeded',
    ],
    ['a class that is given up on is not tried again', 'class', { giveUpOn: ['Overloaded'] }, 'failed'],
    ['giving up goes first', 'class', { retryOn: ['HandlerFailed'], giveUpOn: ['Overloaded'] }, 'failed'],
  ])('%s', async (_rule, how, retry, status) => {
    await withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: picky, input: { how }, retry });
      expect((await test.outcome(job)).status).toBe(status);
    })();
  });

  it(
    'no attempt begins later than the policy allows after the first, counted anew when the job is put back',
    withKernel({ kinds }, async (test) => {
      const retry = { maxAttempts: 100, initialDelayMs: 10_000, factor: 1, jitter: 0, maxElapsedMs: 25_000 };
      const notBefore = test.clock.now() + 60_000;
      const { job } = await test.enqueue({ kind: flaky, input: { times: 99 }, retry, notBefore });
      expect((await test.outcome(job)).status).toBe('failed');
      expect(test.clock.now()).toBe(notBefore + 20_000);
      const first = ['leased', 'attempt-failed', 'leased', 'attempt-failed', 'leased', 'failed'];
      expect(await storyOf(test, job)).toEqual(['submitted', ...first]);
      await test.advance(60_000);
      await test.perform({ kind: 'job.retry', input: { job } });
      await test.advance(5_000);
      await test.restart();
      await test.outcome(job);
      expect(await storyOf(test, job)).toEqual(['submitted', ...first, 'released', ...first]);
    }),
  );
});

describe('a retry policy', () => {
  it.each<[string, RetryOptions]>([
    ['an empty table', { backoff: 'table', delaysMs: [] }],
    ['a table that is missing', { backoff: 'table' }],
    ['a table without its name', { delaysMs: [1] } as RetryOptions],
    ['a negative delay in a table', { backoff: 'table', delaysMs: [-1] }],
    ['a delay that is no number', { backoff: 'table', delaysMs: ['1s'] as unknown as number[] }],
    ['a table too long', { backoff: 'table', delaysMs: Array.from({ length: 101 }, () => 1) }],
    ['a negative increment', { backoff: 'linear', incrementMs: -1 }],
    ['an unknown backoff', { backoff: 'random' } as unknown as RetryOptions],
    ['a time of nothing', { maxElapsedMs: 0 }],
    ['errors that are no list', { retryOn: 'TimedOut' as unknown as string[] }],
    ['an error without a name', { giveUpOn: [''] }],
  ])('with %s is refused', async (_what, retry) => {
    await withKernel({ kinds }, async (test) => {
      expect(await codeOf(test.enqueue({ kind: flaky, input: { times: 0 }, retry }))).toBe('InvalidSpec');
    })();
  });

  it(
    'of a command goes over that of its kind, and only what its backoff needs is recorded',
    withKernel(
      {
        kinds: [
          defineKind({
            name: 'tabled',
            retry: { backoff: 'table', delaysMs: [1, 2], giveUpOn: ['TimedOut'] },
            run: () => undefined,
          }),
        ],
      },
      async (test) => {
        const tabled = await test.enqueue({ kind: 'tabled', retry: { maxAttempts: 9 } });
        expect((await test.job(tabled.job)).spec.retry).toEqual({
          ...{ backoff: 'table', maxAttempts: 9, delaysMs: [1, 2], jitter: 0.2, giveUpOn: ['TimedOut'] },
        });
        const other = await test.enqueue({
          kind: 'tabled',
          retry: { backoff: 'exponential', maxAttempts: 9 },
        });
        expect((await test.job(other.job)).spec.retry).toEqual({
          ...{ maxAttempts: 9, initialDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 },
          ...{ jitter: 0.2, giveUpOn: ['TimedOut'] },
        });
      },
    ),
  );
});
