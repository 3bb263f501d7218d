import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

const INPUT = ['--input', '{"argv":["true"]}'];

describe('tksm schedule', E2E, () => {
  it('adds, lists, shows what comes next, pauses, resumes and removes', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const add = [
      'schedule',
      'add',
      'nightly',
      'shell',
      '--cron',
      '30 2 * * *',
      '--zone',
      'Europe/Berlin',
      ...INPUT,
    ];
    expect(await place.json(...add)).toMatchObject({ schedule: 'nightly', changed: true });
    expect(await place.json(...add)).toMatchObject({ changed: false });
    expect(await place.json('schedule', 'ls')).toMatchObject({
      schedules: [{ name: 'nightly', status: 'active', runs: 0, spec: { cron: '30 2 * * *' } }],
    });
    const { ticks } = await place.json('schedule', 'next', 'nightly', '-n', '400');
    expect(ticks).toHaveLength(400);
    for (const { utc, local } of ticks as { utc: string; local: string }[]) {
      // At half past two, but for the night in which that is missing.
      expect(local).toMatch(/ (02:30:00 GMT\+0[12]:00|03:00:00 GMT\+02:00)$/);
      expect(utc).toMatch(/T0[01]:[03]0:00\.000Z$/);
    }
    expect((await place.tksm('schedule', 'pause', 'nightly', '--reason', 'a while')).stderr).toContain(
      'paused nightly',
    );
    expect((await place.tksm('schedule', 'ls', '--plain')).stdout).toMatch(
      /^nightly\tpaused\t30 2 \* \* \* Europe\/Berlin\tshell\t\t\t0\t0$/m,
    );
    expect(await place.json('schedule', 'resume', 'nightly')).toEqual({ schedule: 'nightly', changed: true });
    expect((await place.tksm('schedule', 'rm', 'nightly')).code).toBe(0);
    expect((await place.tksm('schedule', 'rm', 'nightly')).code).toBe(3);
    const events = await place.tksm('event', 'ls', '--limit', '1000', '--plain');
    expect(events.stdout).toContain('schedule.set\t\tnightly 30 2 * * * Europe/Berlin');
    expect(events.stdout).toContain('schedule.paused\t\tnightly a while');
  });

  it('backfills, and what is backfilled runs under the names of its ticks', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('schedule', 'add', 'hourly', 'shell', '--cron', '0 * * * *', ...INPUT);
    const range = [
      'schedule',
      'backfill',
      'hourly',
      '--from',
      '2026-01-01T00:00Z',
      '--to',
      '2026-01-01T02:00Z',
    ];
    expect(await place.json(...range)).toEqual({ schedule: 'hourly', jobs: 3, ticks: 3 });
    expect(await place.json(...range)).toEqual({ schedule: 'hourly', jobs: 0, ticks: 3 });
    const { jobs } = await place.json('job', 'ls');
    const [first] = jobs as { id: string; spec: object }[];
    expect(first?.spec).toMatchObject({ tick: { schedule: 'hourly', at: Date.UTC(2026, 0, 1) } });
    expect(await place.json('job', 'ls', '--schedule', 'none')).toMatchObject({ jobs: [] });
    expect(await place.json('job', 'ls', '--schedule', 'hourly')).toMatchObject({ total: 3 });
    expect((await place.tksm('job', 'watch', first?.id ?? '')).code).toBe(0);
    expect((await place.tksm('job', 'timeline', first?.id ?? '')).stdout).toContain(
      'tick of hourly at 2026-01-01T00',
    );
    expect((await place.tksm('job', 'show', first?.id ?? '')).stdout).toContain(
      'hourly 2026-01-01T00:00:00.000Z',
    );
  });

  it('refuses what makes no sense, with the field and what to try', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const add = ['schedule', 'add', 'bad', 'shell', ...INPUT, '--json'];
    for (const flags of [
      ['--cron', '0 0 30 2 *'],
      ['--cron', '0 0 * * *', '--zone', 'Mars/Olympus'],
      ['--every', '10ms'],
      ['--at', '2020-01-01'],
    ]) {
      const refused = await place.tksm(...add, ...flags);
      expect(refused.code).toBe(2);
      expect(errorOf(refused)).toMatchObject({ code: 'InvalidSchedule' });
    }
    expect((await place.tksm(...add)).code).toBe(2);
    expect((await place.tksm(...add, '--every', '1h', '--in', '1h')).code).toBe(2);
    expect((await place.tksm('schedule', 'next', 'none')).code).toBe(3);
    const past = await place.tksm('job', 'submit', 'shell', ...INPUT, '--at', '2020-01-01', '--json');
    expect(errorOf(past)).toMatchObject({ code: 'InvalidSchedule' });
  });

  it('ticks while something runs the folder, and what was missed before', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('schedule', 'add', 'often', 'shell', '--every', '1s', '--limit', '2', ...INPUT);
    const { job } = await place.json('job', 'submit', 'shell', '--in', '3s', ...INPUT);
    expect((await place.tksm('job', 'watch', String(job))).code).toBe(0);
    const ended = await place.tksm('event', 'ls', '--plain', '--limit', '1000');
    expect(ended.stdout.match(/\tschedule\.ticked\t/g)).toHaveLength(2);
    expect(ended.stdout).toContain('the last');
    expect(await place.json('schedule', 'ls')).toEqual({ schedules: [] });
  });
});
