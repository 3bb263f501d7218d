import { DEFAULT_RETRY } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { broken, codeOf, echo, flaky, nap, polite, storyOf, stuck, withKernel } from '@tksm/kernel-tests';
import { spend } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [broken, echo, flaky, nap, polite, stuck];

describe('retries', () => {
  it(
    'follow a failed attempt after a growing delay, in virtual time',
    withKernel({ kinds }, async (test) => {
      const retry = { maxAttempts: 4, initialDelayMs: 1_000, factor: 3, maxDelayMs: 5_000, jitter: 0 };
      const start = test.clock.now();
      const { job } = await test.enqueue({ kind: flaky, input: { times: 3 }, retry });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 4 });
      expect(test.clock.now() - start).toBe(1_000 + 3_000 + 5_000);
      const failed = ['leased', 'attempt-failed'];
      expect(await storyOf(test, job)).toEqual([
        'submitted',
        ...failed,
        ...failed,
        ...failed,
        'leased',
        'succeeded',
      ]);
    }),
  );

  it(
    'are delayed meanwhile, and end with the last error',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: flaky, input: { times: 9 } });
      await test.runUntilIdle();
      expect(await test.job(job)).toMatchObject({ status: 'delayed', attempts: 1 });
      const outcome = await test.outcome(job);
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'HandlerFailed', message: 'attempt 3 fails' },
      });
      expect((await test.job(job)).attempts).toBe(DEFAULT_RETRY.maxAttempts);
    }),
  );

  it(
    'do not follow an error that would come again',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: broken });
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'ProcessRejected' } });
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'failed']);
    }),
  );

  it(
    'wait for their delay across a crash',
    withKernel({ kinds }, async (test) => {
      const retry = { initialDelayMs: 10_000, jitter: 0 };
      const { job } = await test.enqueue({ kind: flaky, input: { times: 1 }, retry });
      await test.advance(4_000);
      const start = test.clock.now();
      await test.restart();
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(test.clock.now() - start).toBe(6_000);
    }),
  );

  it(
    'of a failed job begin anew when an operator asks',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: flaky, input: { times: 1 }, retry: { maxAttempts: 1 } });
      await test.outcome(job);
      await test.perform({ kind: 'job.retry', input: { job } });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { message: 'attempt 1 fails' },
      });
      const { job: fine } = await test.enqueue({ kind: echo });
      await test.outcome(fine);
      expect(await codeOf(test.perform({ kind: 'job.retry', input: { job: fine } }))).toBe(
        'InvalidOperation',
      );
    }),
  );
});

describe('a timeout', () => {
  it(
    'ends an attempt whose handler never settles, frees its slot, and rejects what comes late',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const retry = { maxAttempts: 2, initialDelayMs: 1_000, jitter: 0 };
      const { job } = await test.enqueue({ kind: stuck, timeoutMs: 30_000, retry });
      const next = await test.enqueue({ kind: echo, input: 'next' });
      await test.advance(29_999);
      expect((await test.job(job)).status).toBe('running');
      await test.advance(1);
      expect((await test.job(next.job)).status).toBe('succeeded');
      await test.advance(31_000);
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'TimedOut' } });
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'attempt-failed', 'leased', 'failed']);
    }),
  );

  it('aborts the signal with its reason', async () => {
    const reasons: unknown[] = [];
    const listener = defineKind({
      name: 'listener',
      retry: { maxAttempts: 1 },
      run: (_input, { signal }) =>
        new Promise<undefined>((resolve) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            resolve(undefined);
          });
        }),
    });
    await withKernel({ kinds: [listener] }, async (test) => {
      const { job } = await test.enqueue({ kind: listener });
      await test.advance(60_000);
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'TimedOut' } });
      expect(reasons).toMatchObject([{ code: 'TimedOut' }]);
      await test.runUntilIdle();
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'failed', 'result-rejected']);
    })();
  });
});

describe('a deadline', () => {
  it.each([
    ['running', { kind: polite }],
    ['queued', { kind: echo, notBefore: 9_999_999_999_999 }],
  ] as const)('fails a job that is %s', async (_state, command) => {
    await withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ ...command, deadline: test.clock.now() + 5_000 });
      await test.advance(4_999);
      expect(['running', 'delayed']).toContain((await test.job(job)).status);
      await test.advance(1);
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'DeadlineExceeded' },
      });
    })();
  });

  it(
    'ends the retries',
    withKernel({ kinds }, async (test) => {
      const deadline = test.clock.now() + 5_000;
      const retry = { initialDelayMs: 60_000 };
      const { job } = await test.enqueue({ kind: flaky, input: { times: 1 }, deadline, retry });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'DeadlineExceeded' },
      });
      expect(test.clock.now()).toBe(deadline);
    }),
  );

  it(
    'in the past fails the job without running it',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: echo, deadline: test.clock.now() - 1 });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'DeadlineExceeded' },
      });
      expect(await storyOf(test, job)).toEqual(['submitted', 'failed']);
    }),
  );
});

describe('a delayed job', () => {
  it(
    'does not run before its time, and keeps it when it waits for others',
    withKernel({ kinds }, async (test) => {
      const notBefore = test.clock.now() + 3_600_000;
      const first = await test.enqueue({ kind: nap, input: { ms: 1_000 } });
      const { job } = await test.enqueue({ kind: echo, notBefore, dependsOn: [first.job] });
      await test.outcome(first.job);
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('delayed');
      await test.outcome(job);
      expect(test.clock.now()).toBe(notBefore);
    }),
  );
});

describe('priorities', () => {
  it(
    'decide which ready job goes first, and age within one',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const busy = await test.enqueue({ kind: nap, input: { ms: 1_000 } });
      const order = [5, 0, 9, 5, 9, 0];
      for (const [index, priority] of order.entries()) {
        await test.enqueue({ kind: echo, input: `${priority}-${index}`, priority });
      }
      await test.outcome(busy.job);
      await test.runUntilIdle();
      const leased = (await test.events()).flatMap(({ event }) =>
        event.type === 'job.leased' ? [event.job] : [],
      );
      const inputs = await test.kernel.read((state) => leased.map((id) => state.jobs.get(id)?.spec.input));
      expect(inputs.filter((input) => typeof input === 'string')).toEqual([
        '9-2',
        '9-4',
        '5-0',
        '5-3',
        '0-1',
        '0-5',
      ]);
    }),
  );
});

describe('progress', () => {
  it('reaches listeners at once, and the log once a second at most', async () => {
    const counter = defineKind({
      name: 'counter',
      run: async (_input, context) => {
        for (let done = 1; done <= 30; done++) {
          context.progress({ done, total: 30, message: 'counting \ud800' });
          await spend(context, 100);
        }
        return undefined;
      },
    });
    await withKernel({ kinds: [counter] }, async (test) => {
      const heard: number[] = [];
      const stop = test.kernel.onProgress((_job, { done }) => heard.push(done));
      const { job } = await test.enqueue({ kind: counter });
      await test.outcome(job);
      stop();
      expect(heard).toHaveLength(30);
      const logged = (await test.events()).flatMap(({ event }) =>
        event.type === 'job.progressed' ? [event.progress] : [],
      );
      expect(logged.map(({ done }) => done)).toEqual([1, 11, 21]);
      expect(logged[0]).toEqual({ done: 1, total: 30, message: 'counting \ufffd' });
    })();
  });
});
