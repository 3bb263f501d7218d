import type { BreakerView, JobId } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, storyOf, withKernel } from '@tksm/kernel-tests';
import { spend } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

/** Fails while the variable `down` is set; takes as long as its input says. */
const call = defineKind<{ readonly ms?: number } | null, string>({
  name: 'call',
  retry: { maxAttempts: 1 },
  run: async (input, context) => {
    if ((await context.vars.get('down')) !== undefined) throw new Error('no answer');
    if (input?.ms !== undefined) await spend(context, input.ms);
    return 'done';
  },
});
const pay = defineKind({ ...call, name: 'pay', resources: ['bank'] });
const wrong = defineKind({
  name: 'wrong',
  retry: { maxAttempts: 1 },
  run: () => {
    throw new TypeError('a bug');
  },
});
const kinds = [call, pay, wrong];
const SETTING = { failures: 3, windowMs: 10_000, delayMs: 5_000, maxDelayMs: 12_000 };

const set = (test: TestKernel, name: string, value: unknown) =>
  test.perform({ kind: 'var.set', input: { name, value } });
const down = (test: TestKernel) => set(test, 'down', true);
const up = (test: TestKernel) => test.perform({ kind: 'var.delete', input: { name: 'down' } });
const breaker = (test: TestKernel, name: 'kind.call' | 'resource.bank' = 'kind.call') =>
  test.kernel.read((state): BreakerView | undefined => state.breakers.get(name));
const guard = (test: TestKernel, setting: object = {}) =>
  set(test, 'tksm.breaker.kind.call', { ...SETTING, ...setting });

async function enqueue(test: TestKernel, count: number, kind = 'call', input: object | null = null) {
  const jobs: JobId[] = [];
  for (let n = 0; n < count; n++) jobs.push((await test.enqueue({ kind, input })).job);
  await test.runUntilIdle();
  return jobs;
}

async function statuses(test: TestKernel, jobs: readonly JobId[]): Promise<readonly string[]> {
  return await Promise.all(jobs.map(async (id) => (await test.job(id)).status));
}

async function transitions(test: TestKernel): Promise<readonly string[]> {
  const events = await test.events();
  return events.flatMap(({ event }) => (event.type.startsWith('breaker.') ? [event.type.slice(8)] : []));
}

describe('a breaker', () => {
  it(
    'opens after so many failures, holds jobs back without burning an attempt, and closes when a probe succeeds',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      await down(test);
      await enqueue(test, 3);
      expect(await breaker(test)).toMatchObject({ phase: 'open', trips: 1 });
      const held = await enqueue(test, 3);
      await up(test);
      await test.advance(4_999);
      expect(await statuses(test, held)).toEqual(['queued', 'queued', 'queued']);
      await test.advance(1);
      await test.runUntilIdle();
      expect(await statuses(test, held)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      expect(await storyOf(test, held[0] ?? '')).toEqual(['submitted', 'leased', 'succeeded']);
      expect(await transitions(test)).toEqual(['opened', 'half-opened', 'closed']);
      expect(await breaker(test)).toMatchObject({ phase: 'closed', trips: 0, failures: [] });
    }),
  );

  it(
    'says why it opened, and until when',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      await down(test);
      await enqueue(test, 3);
      const until = test.clock.now() + 5_000;
      const reason = '3 of 3 attempts failed within 0 s; the last: HandlerFailed: no answer';
      expect(await breaker(test)).toMatchObject({ until, reason });
    }),
  );

  it(
    'opens for longer each time a probe fails, up to a bound',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      await down(test);
      await enqueue(test, 5);
      for (const delay of [5_000, 10_000, 12_000, 12_000]) {
        const since = test.clock.now();
        expect(await breaker(test)).toMatchObject({ phase: 'open', until: since + delay });
        await enqueue(test, 1);
        await test.advance(delay);
        await test.runUntilIdle();
      }
      await up(test);
      await test.advance(12_000);
      await test.runUntilIdle();
      expect(await breaker(test)).toMatchObject({ phase: 'closed' });
    }),
  );

  it(
    'lets no more probes through than it says, and gives the place of one that was cancelled to another',
    withKernel({ kinds }, async (test) => {
      await guard(test, { probes: 2 });
      await down(test);
      await enqueue(test, 3);
      await up(test);
      const jobs = await enqueue(test, 5, 'call', { ms: 60_000 });
      await test.advance(5_000);
      await test.runUntilIdle();
      const waiting = ['queued', 'queued', 'queued'];
      expect(await statuses(test, jobs)).toEqual(['running', 'running', ...waiting]);
      await test.perform({ kind: 'job.cancel', input: { job: jobs[0] } });
      await test.runUntilIdle();
      expect(await statuses(test, jobs)).toEqual(['cancelled', 'running', 'running', 'queued', 'queued']);
      await test.advance(60_000);
      await test.runUntilIdle();
      expect((await breaker(test))?.phase).toBe('closed');
      expect(await statuses(test, jobs)).toEqual([
        ...['cancelled', 'succeeded', 'succeeded', 'running', 'running'],
      ]);
    }),
  );

  it(
    'takes an attempt that ends in a durable wait for one that succeeded',
    withKernel(
      { kinds: [...kinds, defineKind({ name: 'long', run: (_input, context) => context.sleep(3_600_000) })] },
      async (test) => {
        await set(test, 'tksm.breaker.kind.long', SETTING);
        await test.perform({
          kind: 'breaker.set',
          input: { breaker: 'kind.long', phase: 'open', forMs: 1_000 },
        });
        const jobs = await enqueue(test, 3, 'long');
        await test.advance(1_000);
        await test.runUntilIdle();
        expect(await transitions(test)).toEqual(['opened', 'half-opened', 'closed']);
        expect(await statuses(test, jobs)).toEqual(['waiting', 'waiting', 'waiting']);
      },
    ),
  );

  it(
    'goes on after a crash as it was: open until its time, half-open with its probes',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      await down(test);
      await enqueue(test, 3);
      const jobs = await enqueue(test, 2, 'call', { ms: 1_000 });
      const before = await breaker(test);
      await test.restart();
      expect(await breaker(test)).toEqual(before);
      expect(await statuses(test, jobs)).toEqual(['queued', 'queued']);
      await up(test);
      await test.advance(5_000);
      await test.runUntilIdle();
      expect(await statuses(test, jobs)).toEqual(['running', 'queued']);
      await test.restart();
      await test.runUntilIdle();
      expect((await breaker(test))?.phase).toBe('half-open');
      expect((await statuses(test, jobs)).filter((status) => status === 'running')).toHaveLength(1);
      await test.advance(2_000);
      expect((await breaker(test))?.phase).toBe('closed');
    }),
  );

  it(
    'counts what it sees between crashes',
    withKernel({ kinds }, async (test) => {
      await guard(test);
      await down(test);
      await enqueue(test, 2);
      await test.restart();
      await enqueue(test, 1);
      expect((await breaker(test))?.phase).toBe('open');
    }),
  );

  it.each<[string, (test: TestKernel) => Promise<unknown>]>([
    [
      'a few failures among many successes',
      async (test) => {
        for (let n = 0; n < 4; n++) {
          await down(test);
          await enqueue(test, 1);
          await up(test);
          await enqueue(test, 4);
        }
      },
    ],
    [
      'failures that lie too far apart',
      async (test) => {
        await down(test);
        for (let n = 0; n < 5; n++) {
          await enqueue(test, 1);
          await test.advance(5_001);
        }
      },
    ],
    [
      'cancellations',
      async (test) => {
        for (const job of await enqueue(test, 5, 'call', { ms: 60_000 }))
          await test.perform({ kind: 'job.cancel', input: { job } });
      },
    ],
    [
      'interruptions',
      async (test) => {
        await enqueue(test, 5, 'call', { ms: 60_000 });
        await test.restart();
      },
    ],
    ['the failures of another kind', (test) => enqueue(test, 9, 'wrong')],
  ])('does not open for %s', async (_what, live) => {
    await withKernel({ kinds }, async (test) => {
      await guard(test);
      await live(test);
      await test.runUntilIdle();
      expect(await transitions(test)).toEqual([]);
    })();
  });

  it(
    'of a kind is there only when a setting says so; of a resource unless one says otherwise',
    withKernel({ kinds }, async (test) => {
      await down(test);
      await enqueue(test, 50);
      expect((await breaker(test))?.phase).toBe('closed');
      await enqueue(test, 5, 'pay');
      expect(await breaker(test, 'resource.bank')).toMatchObject({ phase: 'open' });
      await set(test, 'tksm.breaker.resource.*', false);
      await test.runUntilIdle();
      expect(await breaker(test, 'resource.bank')).toMatchObject({ phase: 'closed' });
      await set(test, 'tksm.breaker.kind.*', { failures: 1 });
      await enqueue(test, 1);
      expect(await breaker(test)).toMatchObject({ phase: 'open' });
    }),
  );

  it(
    'of a resource holds back every kind that needs it, and no other',
    withKernel({ kinds }, async (test) => {
      await down(test);
      await enqueue(test, 5, 'pay');
      await up(test);
      const { job: other } = await test.enqueue({ kind: 'call', resources: ['bank'] });
      const { job: free } = await test.enqueue({ kind: 'call', resources: ['post'] });
      await test.runUntilIdle();
      expect(await statuses(test, [other, free])).toEqual(['queued', 'succeeded']);
      expect(await test.outcome(other)).toMatchObject({ status: 'succeeded' });
    }),
  );

  it(
    'opens and closes when an operator says so, and stays so',
    withKernel({ kinds }, async (test) => {
      const move = (phase: string, rest: object = {}) =>
        test.perform({ kind: 'breaker.set', input: { breaker: 'kind.call', phase, ...rest } });
      expect((await move('open', { reason: 'maintenance' })).output).toEqual({
        ...{ breaker: 'kind.call', before: 'closed', phase: 'open' },
      });
      const [job = ''] = await enqueue(test, 1);
      await test.advance(86_400_000);
      await test.restart();
      expect(await breaker(test)).toMatchObject({ phase: 'open', reason: 'maintenance', by: 'operator' });
      expect((await test.job(job as JobId)).status).toBe('queued');
      await move('closed');
      expect((await test.outcome(job as JobId)).status).toBe('succeeded');
      await move('open', { forMs: 1_000 });
      const [later = ''] = await enqueue(test, 1);
      await test.advance(1_000);
      expect((await test.outcome(later as JobId)).status).toBe('succeeded');
    }),
  );

  it.each([
    ['a name that is none', { breaker: 'shell', phase: 'open' }],
    ['a phase that is none', { breaker: 'kind.call', phase: 'half-open' }],
    ['an end of a closed one', { breaker: 'kind.call', phase: 'closed', forMs: 1 }],
    ['a negative time', { breaker: 'kind.call', phase: 'open', forMs: -1 }],
    ['no reason in its reason', { breaker: 'kind.call', phase: 'open', reason: '' }],
  ])('is not set with %s', async (_what, input) => {
    await withKernel({ kinds }, async (test) => {
      expect(await codeOf(test.perform({ kind: 'breaker.set', input }))).toBe('InvalidInput');
    })();
  });

  it.each([
    ['tksm.breaker.kind.call', { failures: 0 }],
    ['tksm.breaker.kind.call', { failures: 101 }],
    ['tksm.breaker.kind.call', { windowMs: 3_600_001 }],
    ['tksm.breaker.kind.call', { share: 1.5 }],
    ['tksm.breaker.kind.call', { delayMs: 10, maxDelayMs: 9 }],
    ['tksm.breaker.kind.call', { probes: 0 }],
    ['tksm.breaker.kind.call', { threshold: 5 }],
    ['tksm.breaker.kind.call', true],
    ['tksm.breaker.shell', { failures: 5 }],
  ])('has no setting %s = %j', async (name, value) => {
    await withKernel({ kinds }, async (test) => {
      expect(await codeOf(set(test, name, value))).toBe('InvalidInput');
    })();
  });

  it.each([
    ['a resource with a space', ['my bank']],
    ['a resource without a name', ['']],
    ['a resource that is no text', [7]],
    ['too many resources', Array.from({ length: 17 }, (_, n) => `r${n}`)],
  ])('guards no job with %s', async (_what, resources) => {
    await withKernel({ kinds }, async (test) => {
      expect(await codeOf(test.enqueue({ kind: 'call', resources: resources as string[] }))).toBe(
        'InvalidSpec',
      );
    })();
  });

  it(
    'is opened by hand in the place of a closed one when as many as may be are known',
    withKernel({ kinds }, async (test) => {
      const open = (n: number) =>
        test.perform({ kind: 'breaker.set', input: { breaker: `resource.r${n}`, phase: 'open' } });
      for (let n = 0; n < 1_000; n++) await open(n);
      await expect(open(1_000)).rejects.toMatchObject({ code: 'InvalidOperation' });
      await test.perform({ kind: 'breaker.set', input: { breaker: 'resource.r7', phase: 'closed' } });
      await open(1_000);
      expect((await test.kernel.read((state) => state.breakers.list())).length).toBe(1_000);
    }),
  );
});
