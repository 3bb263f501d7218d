import { KernelError } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { echo, polite, storyOf, stuck, withKernel } from '@tksm/kernel-tests';
import { spend } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const HOUR_MS = 3_600_000;
const retry = { maxAttempts: 1 };

/** Beats once in a while, for a time. */
const beating = defineKind<{ readonly everyMs: number; readonly times: number }, string>({
  name: 'beating',
  heartbeatMs: 1_000,
  retry,
  run: async ({ everyMs, times }, context) => {
    for (let n = 0; n < times; n++) {
      await spend(context, everyMs);
      context.heartbeat();
    }
    return 'done';
  },
});

/** Is handed to a worker that is lost, the first `times` attempts. */
const fragile = defineKind<{ readonly times: number }, number>({
  name: 'fragile',
  run: ({ times }, { lease }) => {
    lease.assign(`process ${lease.epoch}`);
    if (lease.epoch <= times) throw new KernelError('WorkerLost', 'it was killed');
    return lease.epoch;
  },
});

describe('a lease', () => {
  it(
    'does not end by a clock jump that is believed',
    withKernel({ kinds: [polite] }, async (test) => {
      const { job } = await test.enqueue({ kind: polite, timeoutMs: HOUR_MS, retry });
      await test.advance(1_000);
      test.clock.jumpBy(3 * HOUR_MS);
      await test.advance(120_000);
      expect(test.kernel.health().checks.find(({ name }) => name === 'clock')?.status).toBe('ok');
      expect((await test.job(job)).status).toBe('running');
      await test.advance(HOUR_MS - 121_000 - 1);
      expect((await test.job(job)).status).toBe('running');
      await test.advance(1);
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'TimedOut' } });
    }),
  );

  it(
    'ends in time although the clock was set back a little',
    withKernel({ kinds: [stuck] }, async (test) => {
      const { job } = await test.enqueue({ kind: stuck, timeoutMs: 10_000, retry });
      await test.advance(5_000);
      test.clock.jumpBy(-60_000);
      await test.perform({ kind: 'var.set', input: { name: 'a', value: 1 } });
      await test.advance(5_000);
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'TimedOut' } });
    }),
  );

  it(
    'keeps no timer once nothing is leased',
    withKernel({ kinds: [echo] }, async (test) => {
      await test.run({ kind: echo, input: 1 });
      await test.runUntilIdle();
      expect(test.clock.waiting).toBe(0);
    }),
  );
});

describe('a kind with a heartbeat', () => {
  it(
    'keeps its lease while it beats',
    withKernel({ kinds: [beating] }, async (test) => {
      const outcome = await test.run({ kind: beating, input: { everyMs: 900, times: 20 } });
      expect(outcome).toEqual({ status: 'succeeded', output: 'done' });
    }),
  );

  it(
    'fails its attempt with HandlerStalled when it is silent, and its late result is rejected',
    withKernel({ kinds: [beating] }, async (test) => {
      const { job } = await test.enqueue({ kind: beating, input: { everyMs: 1_100, times: 1 } });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'HandlerStalled', data: { heartbeatMs: 1_000 } },
      });
      await test.advance(1_000);
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'failed', 'result-rejected']);
    }),
  );
});

describe('a lost worker', () => {
  it(
    'interrupts the attempt, which counts against no retry, and the job is leased anew under a higher epoch',
    withKernel({ kinds: [fragile] }, async (test) => {
      const { job } = await test.enqueue({ kind: fragile, input: { times: 3 }, retry });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 4 });
      const interrupted = (await test.events()).flatMap(({ event }) =>
        event.type === 'job.interrupted' ? [[event.epoch, event.reason]] : [],
      );
      expect(interrupted).toEqual([
        [1, 'worker-lost'],
        [2, 'worker-lost'],
        [3, 'worker-lost'],
      ]);
      expect(await test.job(job)).toMatchObject({ attempts: 0, interruptions: 3, workersLost: 3 });
    }),
  );

  it(
    'fails the job when ten others were lost before it in a row',
    withKernel({ kinds: [fragile] }, async (test) => {
      const { job } = await test.enqueue({ kind: fragile, input: { times: 99 }, retry });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'TooManyInterruptions' },
      });
      expect((await test.job(job)).epoch).toBe(11);
    }),
  );

  it('is not believed of a handler that had none', async () => {
    const liar = defineKind({
      name: 'liar',
      run: () => {
        throw new KernelError('WorkerLost', 'honestly');
      },
    });
    await withKernel({ kinds: [liar] }, async (test) => {
      expect(await test.run({ kind: liar, retry })).toMatchObject({
        status: 'failed',
        error: { code: 'HandlerFailed' },
      });
    })();
  });
});

it('a worker that answers under another epoch is recorded as rejected, and changes nothing', async () => {
  const forged = defineKind({
    name: 'forged',
    run: (_input, { lease }) => {
      lease.reject('succeeded', 7);
      return 'mine';
    },
  });
  await withKernel({ kinds: [forged] }, async (test) => {
    const { job } = await test.enqueue({ kind: forged });
    expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'mine' });
    expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'result-rejected', 'succeeded']);
  })();
});

it('kinds are closed when the kernel has stopped, also when one of them cannot be', async () => {
  const closed: string[] = [];
  const closing = (name: string) =>
    defineKind({
      name,
      run: () => undefined,
      close: () => {
        closed.push(name);
        return Promise.reject(new Error('stays open'));
      },
    });
  await withKernel({ kinds: [closing('one'), closing('two')] }, () => Promise.resolve())();
  expect(closed).toEqual(['one', 'two']);
});

it('at most as many jobs of a kind run as its concurrency says; the others wait without a lease', async () => {
  const narrow = defineKind({ name: 'narrow', concurrency: 2, run: polite.run });
  await withKernel({ kinds: [narrow, echo] }, async (test) => {
    for (let n = 0; n < 5; n++) await test.enqueue({ kind: 'narrow' });
    await test.runUntilIdle();
    const counts = await test.kernel.read(({ jobs }) =>
      [...jobs.list({ kind: 'narrow' })].map(({ status }) => status),
    );
    expect(counts).toEqual(['running', 'running', 'queued', 'queued', 'queued']);
    const [first] = await test.kernel.read(({ jobs }) =>
      [...jobs.list({ kind: 'narrow' })].map(({ id }) => id),
    );
    await test.perform({ kind: 'job.cancel', input: { job: first } });
    await test.runUntilIdle();
    const running = await test.kernel.read(
      ({ jobs }) => [...jobs.list({ kind: 'narrow', status: 'running' })].length,
    );
    expect(running).toBe(2);
    expect(await test.run({ kind: echo, input: 'free' })).toMatchObject({ status: 'succeeded' });
  })();
});
