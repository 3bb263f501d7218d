import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CronTimes } from './cron-times.ts';

const HOUR = 3_600_000;
const utc = (text: string): number => Date.parse(`${text}Z`);
const short = (at: number): string => new Date(at).toISOString().slice(5, 16);

/** The instants of a pattern within so many hours. */
function within(pattern: string, zone: string, from: string, hours: number): string[] {
  const times = CronTimes.of(pattern, zone);
  const end = utc(from) + hours * HOUR;
  const found: string[] = [];
  for (let at = times.next(utc(from)); at !== undefined && at <= end; at = times.next(at))
    found.push(short(at));
  return found;
}

describe('the night in which an hour is missing', () => {
  // Berlin, 29 March 2026: 01:59:59 is followed by 03:00 (01:00 UTC).
  const night = (pattern: string, hours = 6): string[] =>
    within(pattern, 'Europe/Berlin', '2026-03-28T22:30', hours);

  it('runs a fixed time inside it when the clock has jumped', () => {
    expect(night('30 2 * * *')).toEqual(['03-29T01:00']);
    expect(night('0 2 * * *')).toEqual(['03-29T01:00']);
  });

  it('lets intervals go on in real time', () => {
    expect(night('*/30 * * * *', 3.5)).toEqual(
      ['23:00', '23:30']
        .map((time) => `03-28T${time}`)
        .concat(['00:00', '00:30', '01:00', '01:30', '02:00'].map((time) => `03-29T${time}`)),
    );
  });

  it('passes over what a list of hours has inside it', () => {
    expect(night('30 1,2,3 * * *')).toEqual(['03-29T00:30', '03-29T01:30']);
  });

  it('is as long as the zone has it: half an hour on Lord Howe', () => {
    // 4 October 2026: 01:59:59+10:30 is followed by 02:30+11 (15:30 UTC the day before).
    expect(within('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00', 12)).toEqual(['10-03T15:30']);
    expect(within('45 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00', 12)).toEqual(['10-03T15:45']);
  });
});

describe('the night in which an hour comes twice', () => {
  // Berlin, 25 October 2026: 02:59:59+02 is followed by 02:00+01 (01:00 UTC).
  const night = (pattern: string): string[] => within(pattern, 'Europe/Berlin', '2026-10-24T23:30', 3);

  it('runs a fixed time inside it once, the first time', () => {
    expect(night('30 2 * * *')).toEqual(['10-25T00:30']);
  });

  it('lets intervals go on in real time', () => {
    expect(night('*/30 * * * *')).toEqual(
      ['00:00', '00:30', '01:00', '01:30', '02:00', '02:30'].map((time) => `10-25T${time}`),
    );
  });

  it('runs what a list of hours has inside it both times', () => {
    expect(night('30 2,3 * * *')).toEqual(['10-25T00:30', '10-25T01:30', '10-25T02:30']);
  });
});

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'];
const PATTERNS = [
  '30 2 * * *',
  '*/15 * * * *',
  '0 */6 * * *',
  '0 9 * * 1-5',
  '5 0 L * *',
  '*/20 30 1,2,3 * * *',
];
const place = fc.record({
  zone: fc.constantFrom(...ZONES),
  pattern: fc.constantFrom(...PATTERNS),
  from: fc.integer({ min: utc('2026-01-01T00:00'), max: utc('2026-12-31T00:00') }),
});

it('gives the same instants forwards and backwards, and those that croner gives when asked afresh', () => {
  fc.assert(
    fc.property(place, fc.integer({ min: 1, max: 12 }), ({ zone, pattern, from }, count) => {
      const times = CronTimes.of(pattern, zone);
      const found: number[] = [];
      for (let at = from; found.length < count; found.push(at)) at = times.next(at) ?? Number.NaN;
      expect(times.latest(found.at(-1) ?? 0, count)).toEqual(found);
      const afresh = new Cron(pattern, { timezone: zone }).nextRuns(count, new Date(from));
      expect(found).toEqual(afresh.map((date) => date.getTime()));
    }),
    { numRuns: 60 },
  );
});

it('answers the same whatever it was asked before', () => {
  fc.assert(
    fc.property(place, fc.array(fc.integer({ min: 0, max: 50 * HOUR }), { maxLength: 12 }), (at, offsets) => {
      const { zone, pattern, from } = at;
      const times = CronTimes.of(pattern, zone);
      for (const offset of offsets) {
        const asked = from + offset;
        expect(times.next(asked)).toBe(
          new Cron(pattern, { timezone: zone }).nextRun(new Date(asked))?.getTime(),
        );
      }
    }),
    { numRuns: 40 },
  );
});

it.each([
  ['* * * *', 'UTC', 'cron'],
  ['61 * * * *', 'UTC', 'cron'],
  ['a b c d e', 'UTC', 'cron'],
  ['', 'UTC', 'cron'],
  ['2026-01-01T00:00:00', 'UTC', 'cron'],
  ['2026-01-01 00:00', 'UTC', 'cron'],
  ['0 0 * * *', 'Mars/Olympus', 'zone'],
  ['0 0 * * *', '', 'zone'],
  ['0 0 * * *', '+02:00', 'zone'],
])('refuses %j in %j', (pattern, zone, field) => {
  expect(() => CronTimes.of(pattern, zone)).toThrow(
    expect.objectContaining({ code: 'InvalidSchedule', data: { field } }),
  );
});

it('has no instant for a date that never comes', () => {
  expect(CronTimes.of('0 0 30 2 *', 'UTC').next(0)).toBeUndefined();
  expect(CronTimes.of('0 0 0 1 1 * 2020', 'UTC').next(utc('2026-01-01T00:00'))).toBeUndefined();
});
