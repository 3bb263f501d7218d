import { defineKind, setSchedule } from '@tksm/core';
import { createMemorySnapshots, seededRandom } from '@tksm/drivers-memory';
import { TINY_RETENTION } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { Cron } from 'croner';
import { expect, it } from 'vitest';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A year that begins and ends away from any change of clocks. */
const START = Date.UTC(2026, 0, 1, 12, 0, 0);
const END = Date.UTC(2027, 0, 1, 12, 0, 0);
const RESTARTS = 100;

/** Summer time in the north and the south, of half an hour, a zone off the hour, and one that saves time but for a month. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Africa/Casablanca',
];
const PATTERNS = [
  '30 2 * * *',
  '45 1 * * *',
  '*/15 0-4 * 2-4,9-11 SUN',
  '15,45 2,3 * * SUN',
  '0 9 * * 1-5',
  '0 0 L * *',
];

const tock = defineKind({ name: 'tock', run: () => null });
const nameOf = (zone: string, pattern: string): string => `${zone}/${pattern.replace(/[^0-9A-Z]+/gi, '_')}`;

/** Everything that happens to a zone in a year: it runs, it crashes, it is away for a while. */
async function live(test: TestKernel): Promise<void> {
  const random = seededRandom('a year of restarts');
  const whole = (most: number): number => Number.parseInt(random.id().slice(0, 8), 16) % most;
  for (let restart = 0; restart < RESTARTS; restart++) {
    const until = START + Math.floor(((restart + 1) * (END - START)) / (RESTARTS + 1)) - whole(DAY);
    await test.advance(Math.max(0, until - test.clock.now()));
    // Some crash while a tick is on its way to the log, some stay away for up to two days.
    const isHeld = whole(3) === 0;
    const release = isHeld ? test.log.hold() : undefined;
    if (isHeld) await test.advance(whole(6 * HOUR));
    if (whole(3) === 0) test.clock.jumpBy(whole(2 * DAY));
    release?.();
    await test.restart();
  }
  await test.advance(END - test.clock.now());
}

it('ticks through a year in five zones and a hundred restarts exactly when croner says, once each', async () => {
  const test = await testKernel({
    ...{
      kinds: [tock],
      start: START,
      snapshots: createMemorySnapshots(),
      snapshotEveryEvents: 2_000,
      retention: TINY_RETENTION,
    },
  });
  for (const zone of ZONES) {
    for (const cron of PATTERNS) {
      const options = { name: nameOf(zone, cron), job: { kind: tock }, cron, zone, misfire: 'all' as const };
      await test.perform(setSchedule(options));
    }
  }
  await live(test);
  const { ticks, jobs, missed } = await storyOf(test);
  expect(missed).toBeGreaterThan(100);
  let count = 0;
  for (const zone of ZONES) {
    for (const cron of PATTERNS) {
      const expected = instantsOf(cron, zone);
      expect([zone, cron, ticks.get(nameOf(zone, cron))]).toEqual([zone, cron, expected]);
      count += expected.length;
    }
  }
  expect(jobs.size).toBe(count);
  await test.close();
});

/** Croner's own answer. */
function instantsOf(cron: string, zone: string): number[] {
  const found: number[] = [];
  for (const date of new Cron(cron, { timezone: zone }).enumerate(new Date(START))) {
    if (date.getTime() > END) break;
    found.push(date.getTime());
  }
  return found;
}

interface Story {
  /** Nominal instants by schedule, as often and in the order in which the log has them. */
  readonly ticks: ReadonlyMap<string, readonly number[]>;
  readonly jobs: ReadonlySet<string>;
  readonly missed: number;
}

/** What the log says. Each tick is followed by its job, in the same frame. */
async function storyOf(test: TestKernel): Promise<Story> {
  const [ticks, jobs] = [new Map<string, number[]>(), new Set<string>()];
  const [submitted, succeeded] = [new Set<string>(), new Set<string>()];
  let missed = 0;
  for (const { event } of await test.events()) {
    if (event.type === 'schedule.ticked') {
      const known = ticks.get(event.schedule);
      if (known === undefined) ticks.set(event.schedule, [event.at]);
      else known.push(event.at);
      missed += event.missed ?? 0;
      jobs.add(event.job ?? 'none');
    } else if (event.type === 'job.submitted' && event.spec.tick !== undefined) {
      expect(submitted.has(event.job)).toBe(false);
      submitted.add(event.job);
    } else if (event.type === 'job.succeeded' && jobs.has(event.job)) {
      succeeded.add(event.job);
    }
  }
  expect(submitted).toEqual(jobs);
  expect(succeeded).toEqual(jobs);
  return { ticks, jobs, missed };
}
