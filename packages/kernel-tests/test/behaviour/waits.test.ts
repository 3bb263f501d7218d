import type { Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, echo, gate, nap, storyOf, withKernel } from '@tksm/kernel-tests';
import type { TaskContext } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';

const DAY = 86_400_000;

const task = (name: string, run: (context: TaskContext) => Promise<Value | undefined>) =>
  defineKind({
    name,
    retry: { maxAttempts: 2, initialDelayMs: 1_000 },
    run: (_input, context) => run(context),
  });

const sleeper = task('sleeper', async (context) => {
  await context.sleep(DAY);
  return 'rested';
});

describe('a sleep', () => {
  it('holds no slot, burns no attempt, and ends at its time', async () => {
    await withKernel({ kinds: [sleeper, nap], concurrency: 1 }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue({ kind: sleeper });
      await test.runUntilIdle();
      expect(await test.job(job)).toMatchObject({ status: 'waiting', waitingFor: 'time', attempts: 0 });
      expect((await test.run({ kind: nap, input: { ms: 1_000 } })).status).toBe('succeeded');
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'rested' });
      expect(test.clock.now() - start).toBe(DAY);
      expect(await storyOf(test, job)).toEqual([
        ...['submitted', 'leased', 'suspended'],
        ...['leased', 'stepped', 'succeeded'],
      ]);
      expect((await test.job(job)).steps).toEqual([{ name: 'sleep#1', output: null }]);
    })();
  });

  it('goes on over restarts, and ends when it would have ended', async () => {
    await withKernel({ kinds: [sleeper] }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue({ kind: sleeper });
      for (let n = 0; n < 5; n++) {
        await test.advance(DAY / 10);
        await test.restart();
      }
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(test.clock.now() - start).toBe(DAY);
    })();
  });

  it('commits what was done before it once, and repeats no step', async () => {
    const calls: string[] = [];
    const work = task('work', async (context) => {
      context.submit({ kind: echo, input: 'before' });
      context.emit('before', context.job.epoch);
      const first = await context.step('first', () => {
        calls.push('first');
        return 1;
      });
      context.submit({ kind: echo, input: 'between' });
      context.emit('between', context.job.epoch);
      context.vars.set('between', context.job.epoch);
      await context.sleep(1_000);
      context.emit('after', context.job.epoch);
      return first;
    });
    await withKernel({ kinds: [work, echo] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.advance(500);
      expect(await test.kernel.read((state) => state.vars.get('between')?.value)).toBe(1);
      await test.restart();
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 1 });
      const facts = (await test.events()).flatMap(({ event }) =>
        event.type === 'fact.emitted' ? [[event.fact.name, event.fact.data]] : [],
      );
      expect(facts).toEqual([
        ['before', 1],
        ['between', 1],
        ['after', 2],
      ]);
      const children = await test.kernel.read((state) =>
        [...state.jobs.list({ parent: job })].map(({ spec }) => spec.input),
      );
      expect(children).toEqual(['before', 'between']);
      expect(calls).toEqual(['first']);
    })();
  });

  it('keeps its end when the attempt after it fails, and when new code asks for another', async () => {
    const door = gate();
    const sleeping = (ms: number) =>
      task('evolving', async (context) => {
        if (context.job.epoch === 2) throw new Error('before the wait');
        await context.sleep(ms);
        door.open();
        return context.clock.now();
      });
    await withKernel({ kinds: [sleeping(10_000)] }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue({ kind: 'evolving' });
      await test.runUntilIdle();
      await test.restart({ kinds: [sleeping(DAY)] });
      const outcome = await test.outcome(job);
      // Woken at its end, failed, and tried again after the delay of a retry.
      expect(outcome).toMatchObject({ status: 'succeeded' });
      expect(test.clock.now() - start).toBeLessThan(12_000);
      expect((await storyOf(test, job)).filter((type) => type === 'suspended')).toHaveLength(1);
    })();
  });

  it.each<[string, string, (context: TaskContext) => Promise<Value | undefined>]>([
    ['of a negative time', 'InvalidInput', (context) => context.sleep(-1).then(() => null)],
    ['of no time at all', 'InvalidInput', (context) => context.sleep(Number.NaN).then(() => null)],
    ['for ever', 'InvalidInput', (context) => context.sleep(Number.POSITIVE_INFINITY).then(() => null)],
    ['until nonsense', 'InvalidInput', (context) => context.sleepUntil(1.5).then(() => null)],
    [
      'with an endless name',
      'InvalidInput',
      (context) => context.sleep(1, { name: 'x'.repeat(129) }).then(() => null),
    ],
    [
      'under a name twice',
      'StepRepeated',
      async (context) => {
        await context.sleep(0, { name: 'a' });
        await context.sleep(0, { name: 'a' });
        return null;
      },
    ],
    ['inside a step', 'StepOverlapped', (context) => context.step('s', () => context.sleep(1).then(() => 1))],
    [
      'for a message of no topic',
      'InvalidInput',
      (context) => context.waitFor({ topic: '' }).then(() => null),
    ],
    ['for nothing', 'InvalidInput', (context) => context.waitFor(null as never).then(() => null)],
    [
      'for a message, timed wrongly',
      'InvalidInput',
      (context) => context.waitFor({}, { timeoutMs: -1 }).then(() => null),
    ],
  ])('%s is refused', async (_what, code, run) => {
    const work = task('wrong', run);
    await withKernel({ kinds: [work] }, async (test) => {
      expect(await test.run({ kind: work })).toMatchObject({ status: 'failed', error: { code } });
    })();
  });

  it.each([
    ['left out', async () => Promise.resolve(null)],
    ['replaced by a step', (context: TaskContext) => context.step('s', () => 1)],
    ['renamed', (context: TaskContext) => context.sleep(1, { name: 'other' }).then(() => null)],
  ])('that new code has %s is told from what was recorded', async (_what, run) => {
    await withKernel({ kinds: [sleeper] }, async (test) => {
      const { job } = await test.enqueue({ kind: sleeper });
      await test.runUntilIdle();
      await test.restart({ kinds: [task('sleeper', run)] });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'StepOrderChanged' },
      });
    })();
  });

  it('is ended by a deadline, and by a cancellation at once', async () => {
    await withKernel({ kinds: [sleeper] }, async (test) => {
      const late = await test.enqueue({ kind: sleeper, deadline: test.clock.now() + 5_000 });
      const unwanted = await test.enqueue({ kind: sleeper });
      await test.advance(1_000);
      await test.perform({ kind: 'job.cancel', input: { job: unwanted.job } });
      expect((await test.job(unwanted.job)).status).toBe('cancelled');
      expect(await test.outcome(late.job)).toMatchObject({ error: { code: 'DeadlineExceeded' } });
      await test.advance(2 * DAY);
      expect(await storyOf(test, late.job)).toEqual(['submitted', 'leased', 'suspended', 'failed']);
      // Put back, it sleeps anew.
      await test.perform({ kind: 'job.retry', input: { job: unwanted.job } });
      const start = test.clock.now();
      expect((await test.outcome(unwanted.job)).status).toBe('succeeded');
      expect(test.clock.now() - start).toBe(DAY);
    })();
  });

  it('is not begun by an attempt that was told to stop', async () => {
    const door = gate();
    const codes: string[] = [];
    const work = task('work', async (context) => {
      await door.opened;
      codes.push(await codeOf(context.sleep(DAY)));
      return null;
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.runUntilIdle();
      await test.perform({ kind: 'job.cancel', input: { job, reason: 'enough' } });
      door.open();
      expect(await test.outcome(job)).toMatchObject({ status: 'cancelled' });
      expect(codes).toEqual(['Cancelled']);
    })();
  });

  it('does not keep a drain waiting', async () => {
    await withKernel({ kinds: [sleeper] }, async (test) => {
      const { job } = await test.enqueue({ kind: sleeper });
      await test.runUntilIdle();
      const start = test.clock.now();
      await test.drain(60_000);
      expect(test.clock.now()).toBe(start);
      await test.restart();
      expect((await test.outcome(job)).status).toBe('succeeded');
      expect(await storyOf(test, job)).not.toContain('interrupted');
    })();
  });

  it('that a drain meets is begun all the same, and nothing is interrupted', async () => {
    const door = gate();
    const work = task('work', async (context) => {
      await door.opened;
      await context.sleep(1_000);
      return 'rested';
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.runUntilIdle();
      const drained = test.drain();
      door.open();
      await drained;
      await test.restart();
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'rested' });
      expect(await storyOf(test, job)).not.toContain('interrupted');
    })();
  });

  it('that is raced against other work loses the work: what comes of it is rejected', async () => {
    const work = task('racing', async (context) => {
      await Promise.race([context.sleep(DAY), Promise.resolve()]);
      return 'fast';
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('waiting');
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'suspended', 'result-rejected']);
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'StepOverlapped' } });
    })();
  });

  it('leaves nothing of its attempt that anybody hears of', async () => {
    const heard: string[] = [];
    const work = task('untidy', async (context) => {
      context.signal.addEventListener('abort', () => heard.push('abort'));
      const beside =
        context.job.epoch === 1 ? context.sleep(1).then(() => context.step('late', () => 1)) : null;
      try {
        await context.sleep(DAY);
      } finally {
        heard.push(`finally ${context.job.epoch}`);
      }
      await beside;
      return null;
    });
    await withKernel({ kinds: [work] }, async (test) => {
      const { job } = await test.enqueue({ kind: work });
      await test.runUntilIdle();
      await test.perform({ kind: 'job.cancel', input: { job } });
      await test.advance(2 * DAY);
      expect(heard).toEqual([]);
    })();
  });
});

describe('a crowd of sleepers', () => {
  it('holds no slot and one timer, survives a restart, and wakes once each', async () => {
    const count = 3_000;
    let woken = 0;
    const many = task('many', async (context) => {
      await context.sleep(DAY);
      woken += 1;
      return null;
    });
    await withKernel({ kinds: [many], concurrency: 100 }, async (test) => {
      const { kernel } = test;
      await kernel.enqueueAll(
        Array.from({ length: count }, () => ({ kind: many })),
        kernel.operator,
      );
      await test.runUntilIdle();
      expect((await test.kernel.read((state) => state.jobs.counts())).waiting).toBe(count);
      expect(test.clock.waiting).toBe(1);
      await test.restart();
      expect(test.clock.waiting).toBe(1);
      await test.advance(DAY);
      await test.runUntilIdle();
      expect((await test.kernel.read((state) => state.jobs.counts())).waiting).toBe(0);
      expect(woken).toBe(count);
    })();
  });
});
