import type { ScheduleOptions } from '@tksm/abstractions';
import { setSchedule } from '@tksm/core';
import { echo, withKernel } from '@tksm/kernel-tests';
import { expect, it } from 'vitest';

const later = Date.UTC(2027, 0, 1);
const large = { kind: 'echo', input: 'x'.repeat(60_000) };
const good = { name: 's', job: { kind: 'echo' }, cron: '0 * * * *' };

it.each<readonly [string, object, string]>([
  ['the 30th of February', { cron: '0 0 30 2 *' }, 'cron'],
  ['a year that is over', { cron: '0 0 0 1 1 * 2020' }, 'cron'],
  ['a pattern of four fields', { cron: '* * * *' }, 'cron'],
  ['a minute that there is not', { cron: '60 * * * *' }, 'cron'],
  ['no pattern', { cron: '' }, 'cron'],
  ['a pattern without end', { cron: `0 ${'1,'.repeat(200)}1 * * *` }, 'cron'],
  ['an unknown zone', { zone: 'Mars/Olympus' }, 'zone'],
  ['an offset for a zone', { zone: '+01:00' }, 'zone'],
  ['a zone without a pattern', { cron: undefined, everyMs: 5_000, zone: 'UTC' }, 'zone'],
  ['an interval of nothing', { cron: undefined, everyMs: 0 }, 'everyMs'],
  ['a negative interval', { cron: undefined, everyMs: -5_000 }, 'everyMs'],
  ['an interval below a second', { cron: undefined, everyMs: 999 }, 'everyMs'],
  ['an interval of a fraction', { cron: undefined, everyMs: 1_000.5 }, 'everyMs'],
  ['a moment that is past', { cron: undefined, at: 1_000 }, 'at'],
  ['a moment now', { cron: undefined, at: Date.UTC(2026, 0, 1) }, 'at'],
  ['an anchor without an interval', { anchor: 5 }, 'anchor'],
  ['two ways to tick', { everyMs: 5_000 }, 'cron'],
  ['no way to tick', { cron: undefined }, 'cron'],
  ['the 30th of February with an end', { cron: '0 0 30 2 *', until: Date.UTC(2030, 0, 1) }, 'cron'],
  ['a moment before its beginning', { cron: undefined, at: later, from: later + 1 }, 'from'],
  ['a beginning that no date can tell', { from: Number.MAX_SAFE_INTEGER }, 'from'],
  ['a moment that no date can tell', { cron: undefined, at: 8.64e15 }, 'at'],
  ['missed ticks that fit into no frame', { job: large, misfire: 'all' }, 'misfireLimit'],
  ['an end before the first tick', { until: Date.UTC(2026, 0, 1, 0, 30) }, 'until'],
  ['a limit of nothing', { limit: 0 }, 'limit'],
  ['a negative jitter', { jitterMs: -1 }, 'jitterMs'],
  ['an unknown misfire policy', { misfire: 'never' }, 'misfire'],
  ['too many missed ticks', { misfireLimit: 1_001 }, 'misfireLimit'],
  ['an unknown overlap policy', { overlap: 'maybe' }, 'overlap'],
  ['a field that there is not', { crons: '0 * * * *' }, 'crons'],
  ['a name that is too long', { name: 'x'.repeat(129) }, 'name'],
  ['no name', { name: '' }, 'name'],
  ['a job with an id', { job: { kind: 'echo', id: 'a' } }, 'job.id'],
  ['a job that is debounced', { job: { kind: 'echo', debounce: { key: 'k', ms: 5 } } }, 'job.debounce'],
  ['a job with a deadline', { job: { kind: 'echo', deadline: 5 } }, 'job.deadline'],
  ['a job with dependencies', { job: { kind: 'echo', dependsOn: [] } }, 'job.dependsOn'],
])('refuses %s, and says which field it is and what to try', async (_, change, field) =>
  withKernel({ kinds: [echo] }, async (test) => {
    const input = { ...good, ...change };
    await expect(test.perform({ kind: 'schedule.set', input })).rejects.toMatchObject({
      code: 'InvalidSchedule',
      data: { field },
      next: expect.stringMatching(/\w{3}/) as string,
    });
    expect(await test.kernel.read((state) => [...state.schedules.list()])).toEqual([]);
  })(),
);

it.each<readonly [string, object, string]>([
  ['an unknown kind', { job: { kind: 'none' } }, 'UnsupportedOperation'],
  ['an operation', { job: { kind: 'var.set' } }, 'InvalidOperation'],
  ['a negative priority', { job: { kind: 'echo', priority: -1 } }, 'InvalidSpec'],
  ['no job', { job: undefined }, 'InvalidSchedule'],
  ['a job that is none', { job: 7 }, 'InvalidInput'],
  ['an input that is too large', { job: { kind: 'echo', input: 'x'.repeat(70_000) } }, 'PayloadTooLarge'],
])('refuses %s as submitting it would', async (_, change, code) =>
  withKernel({ kinds: [echo] }, async (test) => {
    const input = { ...good, ...change };
    await expect(test.perform({ kind: 'schedule.set', input })).rejects.toMatchObject({ code });
  })(),
);

it(
  'takes as many missed ticks of a large job as are in one frame when it goes on',
  withKernel({ kinds: [echo] }, async (test) => {
    const input = { name: 's', job: large, everyMs: 1_000, misfire: 'all', misfireLimit: 65 };
    await test.perform({ kind: 'schedule.set', input });
    await test.perform({ kind: 'schedule.pause', input: { name: 's' } });
    await test.advance(200_000);
    await test.perform({ kind: 'schedule.resume', input: { name: 's' } });
    expect(await test.kernel.read(({ schedules }) => schedules.get('s')?.runs)).toBe(65);
    await test.perform({ kind: 'schedule.remove', input: { name: 's' } });
  }),
);

it(
  'takes the same again when its only tick is due and not decided',
  withKernel({ kinds: [echo] }, async (test) => {
    const input = { name: 's', job: { kind: 'echo' }, at: test.clock.now() + 60_000 };
    await test.perform({ kind: 'schedule.set', input });
    await test.perform({ kind: 'schedule.pause', input: { name: 's' } });
    await test.advance(120_000);
    expect((await test.perform({ kind: 'schedule.set', input })).output).toMatchObject({ changed: false });
  }),
);

it(
  'takes a kind itself, and refuses one that it is not given',
  withKernel({ kinds: [echo] }, async (test) => {
    const options: ScheduleOptions = { ...good, job: { kind: echo } };
    expect((await test.perform(setSchedule(options))).output).toMatchObject({ changed: true });
    expect((await test.perform({ kind: 'schedule.set', input: good })).output).toMatchObject({
      changed: false,
    });
  }),
);
