import { setSchedule } from '@tksm/core';
import { codeOf, echo, TINY_RETENTION, userJobs, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const HOUR = 3_600_000;

const set = (test: TestKernel, more: object = {}): Promise<unknown> =>
  test.perform(setSchedule({ name: 's', job: { kind: echo }, cron: '0 * * * *', ...more }));

async function backfill(test: TestKernel, from: number, to: number): Promise<unknown> {
  return (await test.perform({ kind: 'schedule.backfill', input: { name: 's', from, to } })).output;
}

it(
  'submits the jobs of past ticks, but none that has run, however often it is asked',
  withKernel({ kinds: [echo], retention: TINY_RETENTION }, async (test) => {
    const start = test.clock.now();
    await set(test);
    await test.advance(3 * HOUR);
    expect(await backfill(test, start - 5 * HOUR, start + 3 * HOUR)).toMatchObject({ ticks: 9, jobs: 6 });
    await test.advance(HOUR);
    // By now most of them have left the state.
    expect(await backfill(test, start - 5 * HOUR, start + 4 * HOUR)).toMatchObject({ ticks: 10, jobs: 0 });
    const submitted = (await test.events()).flatMap(({ event }) =>
      event.type === 'job.submitted' && event.spec.tick !== undefined ? [event.spec.tick.at] : [],
    );
    expect([...submitted].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, n) => start + (n - 5) * HOUR),
    );
  }),
);

it(
  'knows ticks that ran before the schedule was changed, and those that were missed',
  withKernel({ kinds: [echo] }, async (test) => {
    const start = test.clock.now();
    await set(test, { misfire: 'skip' });
    await test.advance(2 * HOUR);
    test.clock.jumpBy(3.5 * HOUR);
    await test.restart();
    await test.runUntilIdle();
    await set(test, { cron: '0,30 * * * *' });
    expect(await backfill(test, start + 1, start + 5.5 * HOUR)).toMatchObject({ ticks: 11, jobs: 9 });
    const at = (await userJobs(test)).map(({ spec }) => ((spec.tick?.at ?? 0) - start) / HOUR);
    expect(at).toEqual([1, 2, 0.5, 1.5, 2.5, 3, 3.5, 4, 4.5, 5, 5.5]);
  }),
);

it(
  'lets its jobs run one after another where they may not overlap',
  withKernel({ kinds: [echo] }, async (test) => {
    const start = test.clock.now();
    await set(test, { overlap: 'skip' });
    await backfill(test, start - 2 * HOUR, start);
    const [first, second, third] = await userJobs(test);
    expect([second?.spec.dependsOn, third?.spec.dependsOn]).toEqual([[first?.id], [second?.id]]);
    await test.runUntilIdle();
    expect((await userJobs(test)).every(({ status }) => status === 'succeeded')).toBe(true);
  }),
);

it(
  'is refused for what is to come, what is too much, and what is no range',
  withKernel({ kinds: [echo] }, async (test) => {
    const now = test.clock.now();
    await set(test);
    expect(await codeOf(backfill(test, now, now + HOUR))).toBe('InvalidSchedule');
    expect(await codeOf(backfill(test, now - 1_001 * HOUR, now))).toBe('InvalidSchedule');
    expect(await codeOf(backfill(test, now, now - 1))).toBe('InvalidSchedule');
    expect(await codeOf(backfill(test, Number.NaN, now))).toBe('InvalidValue');
    expect(await backfill(test, now - 999 * HOUR, now)).toMatchObject({ ticks: 1_000, jobs: 1_000 });
    expect(
      await codeOf(test.perform({ kind: 'schedule.backfill', input: { name: 'none', from: 0, to: 1 } })),
    ).toBe('ScheduleNotFound');
  }),
);

it(
  'is refused as a whole when a job is',
  withKernel({ kinds: [echo] }, async (test) => {
    const now = test.clock.now();
    await set(test);
    await test.perform({ kind: 'var.set', input: { name: 'tksm.scheduler.limits', value: { queued: 3 } } });
    expect(await codeOf(backfill(test, now - 5 * HOUR, now))).toBe('QueueFull');
    expect(await userJobs(test)).toEqual([]);
  }),
);
