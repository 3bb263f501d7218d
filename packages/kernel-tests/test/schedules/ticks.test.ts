import type { Instant, ScheduleRules, ScheduleTiming } from '@tksm/abstractions';
import { defineKind, setSchedule } from '@tksm/core';
import { codeOf, echo, nap, polite, scheduleOf, ticksOf, userJobs, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Takes an input whose `n` is of a type. */
const count = (type: 'number' | 'string') =>
  defineKind({
    name: 'count',
    input: {
      '~standard': {
        ...{ version: 1, vendor: 'test' },
        validate: (value) =>
          typeof (value as { n?: unknown }).n === type
            ? { value }
            : { issues: [{ message: `n is a ${type}` }] },
      },
    },
    run: () => null,
  });

type Rules = ScheduleTiming & ScheduleRules;

const set = (test: TestKernel, rules: Rules, kind: { readonly name: string } = echo): Promise<unknown> =>
  test.perform(
    setSchedule({ name: 's', job: { kind: kind.name, input: { n: 1, ms: 100 * MINUTE } }, ...rules }),
  );

/** Nominal instants of the jobs of a schedule, in ms after a moment. */
async function ran(
  test: TestKernel,
  since: Instant,
): Promise<readonly (readonly [at: number, submitted: number])[]> {
  const jobs = await test.kernel.read((state) => [...state.jobs.list({ schedule: 's' })]);
  return jobs.map(({ spec, submittedAt }) => [(spec.tick?.at ?? 0) - since, submittedAt - since]);
}

const onTime = (...times: readonly number[]): unknown => times.map((at) => [at, at]);

describe('a schedule', () => {
  it(
    'ticks at the instants of its pattern',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { cron: '20,40 * * * *' });
      await test.advance(1.5 * HOUR);
      expect(await ran(test, start)).toEqual(onTime(20 * MINUTE, 40 * MINUTE, 80 * MINUTE));
    }),
  );

  it(
    'ticks at intervals since it was set, or since its anchor',
    withKernel({ kinds: [echo] }, async (test) => {
      await test.advance(1_234);
      const start = test.clock.now();
      await set(test, { everyMs: HOUR });
      await test.advance(2 * HOUR);
      expect(await ran(test, start)).toEqual(onTime(HOUR, 2 * HOUR));
      await test.perform(
        setSchedule({ name: 'other', job: { kind: echo }, everyMs: HOUR, anchor: start - 1_234 }),
      );
      await test.advance(2 * HOUR);
      const [first] = await ticksOf(test, 'other');
      expect(first?.at).toBe(start - 1_234 + 3 * HOUR);
    }),
  );

  it(
    'ticks once at its moment, and is gone',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { at: start + HOUR });
      await test.advance(2 * HOUR);
      expect(await ran(test, start)).toEqual(onTime(HOUR));
      expect(await test.kernel.read((state) => state.schedules.get('s'))).toBeUndefined();
      expect((await ticksOf(test, 's')).map(({ ended }) => ended)).toEqual([true]);
    }),
  );

  it(
    'begins with `from`, and ends with `until` or its limit',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { everyMs: MINUTE, from: start + 3 * MINUTE, until: start + 5 * MINUTE });
      await test.advance(HOUR);
      expect(await ran(test, start)).toEqual(onTime(3 * MINUTE, 4 * MINUTE, 5 * MINUTE));
      await set(test, { everyMs: MINUTE, limit: 2 });
      await test.advance(HOUR);
      expect(await ran(test, start + HOUR)).toContainEqual([2 * MINUTE, 2 * MINUTE]);
      expect(await userJobs(test)).toHaveLength(5);
      expect(await test.kernel.read((state) => [...state.schedules.list()])).toEqual([]);
    }),
  );

  it(
    'starts its jobs later by its jitter, the same after a crash',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { everyMs: HOUR, jitterMs: 10 * MINUTE });
      await test.advance(24 * HOUR);
      const delays = (await userJobs(test)).map(({ spec }) => (spec.notBefore ?? 0) - (spec.tick?.at ?? 0));
      expect(new Set(delays).size).toBeGreaterThan(10);
      for (const delay of delays) expect(delay >= 0 && delay <= 10 * MINUTE).toBe(true);
      expect((await ran(test, start))[0]).toEqual([HOUR, HOUR]);
    }),
  );

  it(
    'submits under the handle that made it, and names its ticks',
    withKernel({ kinds: [echo] }, async (test) => {
      await set(test, { everyMs: HOUR });
      await test.advance(HOUR);
      const [job] = await userJobs(test);
      expect(job).toMatchObject({
        by: 'operator',
        spec: { name: 's', kind: 'echo', tick: { schedule: 's' } },
      });
    }),
  );
});

describe('while a job is open', () => {
  // The nap lasts longer than an hour, and the ticks are an hour apart.
  it.each([
    ['allow', ['job', 'job', 'job', 'job']],
    ['skip', ['job', 'overlap', 'job', 'overlap']],
    ['queue-one', ['job', 'job', 'job', 'overlap']],
  ] as const)('the next tick does as overlap says: %s', (overlap, expected) =>
    withKernel({ kinds: [nap] }, async (test) => {
      await set(test, { everyMs: HOUR, overlap }, nap);
      await test.advance(4 * HOUR);
      const ticks = await ticksOf(test, 's');
      expect(ticks.map(({ job, skipped }) => (job === undefined ? skipped : 'job'))).toEqual(expected);
      await test.perform({ kind: 'schedule.remove', input: { name: 's' } });
      await test.advance(10 * HOUR);
      expect((await userJobs(test)).every(({ status }) => status === 'succeeded')).toBe(true);
    })(),
  );

  it(
    'one that is queued waits for it, and runs when it fails',
    withKernel({ kinds: [polite] }, async (test) => {
      await set(test, { everyMs: HOUR, overlap: 'queue-one' }, polite);
      await test.advance(2 * HOUR);
      const [first, second] = await userJobs(test);
      expect([first?.status, second?.status]).toEqual(['running', 'blocked']);
      await test.perform({ kind: 'job.cancel', input: { job: first?.id ?? '' } });
      await test.runUntilIdle();
      expect((await userJobs(test)).map(({ status }) => status)).toEqual(['cancelled', 'running']);
    }),
  );
});

describe('a tick that cannot be submitted', () => {
  it(
    'has its refusal on record, and the schedule goes on',
    withKernel({ kinds: [count('number')] }, async (test) => {
      await set(test, { everyMs: HOUR }, { name: 'count' });
      await test.restart({ kinds: [count('string')] });
      await test.advance(HOUR);
      await test.restart({ kinds: [count('number')] });
      await test.advance(HOUR);
      const ticks = await ticksOf(test, 's');
      expect(ticks.map(({ error, job }) => error?.code ?? typeof job)).toEqual(['InvalidInput', 'string']);
      expect((await scheduleOf(test, 's')).runs).toBe(1);
    }),
  );

  it(
    'has its refusal on record when the queue is full',
    withKernel({ kinds: [echo] }, async (test) => {
      const limits = (queued: number): Promise<unknown> =>
        test.perform({ kind: 'var.set', input: { name: 'tksm.scheduler.limits', value: { queued } } });
      await set(test, { everyMs: HOUR });
      await limits(0);
      await test.advance(HOUR);
      await limits(100);
      await test.advance(HOUR);
      const ticks = await ticksOf(test, 's');
      expect(ticks.map(({ error, job }) => error?.code ?? typeof job)).toEqual(['QueueFull', 'string']);
    }),
  );

  it(
    'waits when the code is not there, says so once, and goes on by its misfire policy',
    withKernel({ kinds: [echo] }, async (test) => {
      await set(test, { everyMs: HOUR });
      await test.restart({ kinds: [] });
      await test.advance(3 * HOUR);
      await test.restart({ kinds: [] });
      await test.advance(HOUR);
      expect(await scheduleOf(test, 's')).toMatchObject({ status: 'held', held: { code: 'CodeMissing' } });
      expect(await userJobs(test)).toEqual([]);
      await test.restart({ kinds: [echo] });
      await test.runUntilIdle();
      expect(await ticksOf(test, 's')).toMatchObject([{ missed: 3, job: expect.any(String) as string }]);
      expect(await scheduleOf(test, 's')).toMatchObject({ status: 'active', missed: 3, runs: 1 });
      const held = (await test.events()).filter(({ event }) => event.type === 'schedule.held');
      expect(held).toHaveLength(1);
    }),
  );

  it(
    'waits in a kernel that runs no jobs',
    withKernel({ kinds: [echo] }, async (test) => {
      await set(test, { everyMs: HOUR });
      await test.restart({ concurrency: 0 });
      await test.advance(2 * HOUR);
      expect(await ticksOf(test, 's')).toEqual([]);
      await test.restart({ concurrency: 100 });
      await test.runUntilIdle();
      expect(await ticksOf(test, 's')).toMatchObject([{ missed: 1 }]);
    }),
  );
});

describe('setting a schedule', () => {
  it(
    'to what it is changes nothing, and keeps the anchor of its interval',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { everyMs: HOUR });
      await test.advance(HOUR / 2);
      const { position } = await test.kernel.read(({ position }) => ({ position }));
      await set(test, { everyMs: HOUR });
      expect(await test.kernel.read((state) => state.position)).toBe(position);
      await test.advance(HOUR / 2);
      expect(await ran(test, start)).toEqual(onTime(HOUR));
    }),
  );

  it(
    'to something else begins a new generation after what is due of the old one',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { cron: '0 * * * *' });
      const { generation } = await scheduleOf(test, 's');
      // The clock goes on and the timer has not rung yet: the hour is due.
      test.clock.jumpBy(HOUR + 1);
      await test.restart({ concurrency: 0 });
      await set(test, { cron: '30 * * * *' });
      await test.restart({ concurrency: 100 });
      await test.advance(HOUR);
      expect((await ran(test, start)).map(([at]) => at)).toEqual([HOUR, 1.5 * HOUR]);
      const changed = await scheduleOf(test, 's');
      expect(changed.generation).toBeGreaterThan(generation);
      expect(changed.earlier).toEqual([generation]);
    }),
  );

  it(
    'leaves a paused one paused, and runs nothing of what it missed',
    withKernel({ kinds: [echo] }, async (test) => {
      await set(test, { everyMs: HOUR });
      await test.perform({ kind: 'schedule.pause', input: { name: 's', reason: 'r' } });
      await test.advance(3 * HOUR);
      await set(test, { everyMs: HOUR / 2 });
      await test.advance(3 * HOUR);
      expect(await userJobs(test)).toEqual([]);
      expect(await scheduleOf(test, 's')).toMatchObject({ status: 'paused', paused: { reason: 'r' } });
      expect(await ticksOf(test, 's')).toMatchObject([{ missed: 3, skipped: 'misfire' }]);
    }),
  );

  it(
    'under a command id answers the same twice, also after it was removed',
    withKernel({ kinds: [echo] }, async (test) => {
      const command = { ...setSchedule({ name: 's', job: { kind: echo }, everyMs: HOUR }), id: 'c' };
      const first = await test.perform(command);
      await test.perform({ kind: 'schedule.remove', input: { name: 's' } });
      expect(await test.perform(command)).toEqual(first);
      expect(await codeOf(test.perform({ kind: 'schedule.remove', input: { name: 's' } }))).toBe(
        'ScheduleNotFound',
      );
    }),
  );
});
