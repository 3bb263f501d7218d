import type { Instant, ScheduleOptions, ScheduleTicked } from '@tksm/abstractions';
import { setSchedule } from '@tksm/core';
import { echo, scheduleOf, ticksOf, userJobs, withKernel } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const set = (test: TestKernel, rules: Partial<ScheduleOptions>): Promise<unknown> =>
  test.perform(setSchedule({ name: 's', job: { kind: echo }, everyMs: HOUR, ...rules } as ScheduleOptions));

const brief = (ticks: readonly ScheduleTicked[], start: Instant): unknown =>
  ticks.map(({ at, missed = 0, job, skipped }) => [
    (at - start) / HOUR,
    missed,
    job === undefined ? skipped : 'job',
  ]);

/** Is away for a while. */
async function away(test: TestKernel, ms: number): Promise<void> {
  test.clock.jumpBy(ms);
  await test.restart();
  await test.runUntilIdle();
}

describe.each([
  ['skip', [[3, 3, 'misfire']], [[3, 3, 'misfire']]],
  ['once', [[3, 3, 'job']], [[3, 3, 'job']]],
  [
    'all',
    [
      [1, 1, 'job'],
      [2, 1, 'job'],
      [3, 1, 'job'],
    ],
    [
      [1, 1, 'job'],
      [2, 1, 'job'],
      [3, 1, 'job'],
    ],
  ],
] as const)('with misfire %s', (misfire, afterDowntime, afterPause) => {
  it(
    'ticks that were missed while nothing ran do as it says, and are reported',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { misfire });
      await away(test, 3.5 * HOUR);
      expect(brief(await ticksOf(test, 's'), start)).toEqual(afterDowntime);
      expect((await scheduleOf(test, 's')).missed).toBe(3);
      await test.advance(HOUR / 2);
      expect((await ticksOf(test, 's')).at(-1)).toMatchObject({ at: start + 4 * HOUR });
    }),
  );

  it(
    'ticks that came due during a pause do as it says when it ends, the latest as well',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, { misfire });
      await test.perform({ kind: 'schedule.pause', input: { name: 's' } });
      await test.advance(3 * HOUR + 10);
      expect(await ticksOf(test, 's')).toEqual([]);
      await test.perform({ kind: 'schedule.resume', input: { name: 's' } });
      expect(brief(await ticksOf(test, 's'), start)).toEqual(afterPause);
    }),
  );
});

it(
  'a tick that is less than a minute late is on time',
  withKernel({ kinds: [echo] }, async (test) => {
    await set(test, { misfire: 'skip' });
    await away(test, HOUR + 59_000);
    expect(await ticksOf(test, 's')).toMatchObject([{ job: expect.any(String) as string }]);
    expect((await scheduleOf(test, 's')).missed).toBe(0);
  }),
);

it(
  'a month of missed minutes is decided at once, within the bounds',
  withKernel({ kinds: [echo] }, async (test) => {
    await set(test, { cron: '* * * * *', everyMs: undefined, misfire: 'all', misfireLimit: 5 });
    await away(test, 29 * 24 * HOUR);
    const ticks = await ticksOf(test, 's');
    expect(ticks[0]).toMatchObject({ missed: 9_994, uncounted: true, skipped: 'misfire' });
    expect(await userJobs(test)).toHaveLength(6);
    expect(ticks.at(-1)?.at).toBeGreaterThan(test.clock.now() - MINUTE);
  }),
);

type Act =
  { readonly act: 'advance' | 'away'; readonly ms: number } | { readonly act: 'pause' | 'resume' | 'crash' };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constantFrom('advance' as const, 'away' as const), ms: fc.nat({ max: 4 * HOUR }) }),
  fc.record({ act: fc.constantFrom('pause' as const, 'resume' as const, 'crash' as const) }),
);

const POLICIES = ['skip', 'once', 'all'] as const;

async function live(
  test: TestKernel,
  acts: readonly Act[],
): Promise<readonly (readonly [from: Instant, to: Instant])[]> {
  const pauses: (readonly [Instant, Instant])[] = [];
  let paused: Instant | undefined;
  for (const one of acts) {
    if (one.act === 'advance') await test.advance(one.ms);
    else if (one.act === 'away') await away(test, one.ms);
    else if (one.act === 'crash') await test.restart();
    else {
      for (const name of POLICIES) await test.perform({ kind: `schedule.${one.act}`, input: { name } });
      if (one.act === 'pause') paused ??= test.clock.now();
      else if (paused !== undefined) {
        pauses.push([paused, test.clock.now()]);
        paused = undefined;
      }
    }
    await test.runUntilIdle();
  }
  if (paused !== undefined) pauses.push([paused, Number.POSITIVE_INFINITY]);
  return pauses;
}

it('decides every tick once whatever happens, none during a pause, and says how many were missed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 20, size: 'max' }), async (acts) => {
      const test = await testKernel({ kinds: [echo] });
      const start = test.clock.now();
      for (const misfire of POLICIES) await set(test, { name: misfire, misfire, misfireLimit: 1_000 });
      const pauses = await live(test, acts);
      for (const misfire of POLICIES) {
        const { decided, paused } = await scheduleOf(test, misfire);
        if (paused === undefined)
          expect(decided).toBe(test.clock.now() - ((test.clock.now() - start) % HOUR));
        let before = start;
        for (const { at, time, missed = 0, job } of await ticksOf(test, misfire)) {
          const between = (at - before) / HOUR;
          expect(between).toBeGreaterThan(0);
          expect([between, between - 1]).toContain(missed);
          if (misfire === 'skip' && time - at > MINUTE) expect(job).toBeUndefined();
          if (misfire === 'all') expect([between, typeof job]).toEqual([1, 'string']);
          if (misfire === 'once') expect(job).toBeDefined();
          for (const [from, to] of pauses) expect(time > from && time < to).toBe(false);
          before = at;
        }
        expect(before === start ? start : decided).toBe(before);
      }
      await test.close();
    }),
    { numRuns: 25 },
  );
});
