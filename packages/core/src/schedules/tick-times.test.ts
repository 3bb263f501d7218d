import type { ScheduleSpec } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dueTicks } from './due-ticks.ts';
import { ticksWithin, timesOf } from './tick-times.ts';

const job = { kind: 'k' };
const instant = fc.integer({ min: 0, max: 2_000_000 });
const timing = fc.oneof(
  fc.record({ everyMs: fc.integer({ min: 1_000, max: 90_000 }), anchor: instant }),
  fc.record({ at: instant }),
  fc.constant({ cron: '* * * * *' }),
);
const optional = fc.option(instant, { nil: undefined });
const schedule = fc.tuple(timing, optional, optional).map(([when, from, until]): ScheduleSpec => ({
  ...when,
  ...(from !== undefined && { from }),
  ...(until !== undefined && { until }),
  job,
}));

/** Every instant of a schedule by its definition, asking each whole second and the odd anchor. */
function byDefinition(spec: ScheduleSpec, after: number, until: number): number[] {
  const { from = 0, until: end = Number.POSITIVE_INFINITY } = spec;
  const all: number[] = [];
  for (let at = after + 1; at <= until; at++) {
    const ticks =
      'at' in spec
        ? at === spec.at
        : 'everyMs' in spec
          ? (at - (spec.anchor ?? 0)) % spec.everyMs === 0
          : at % 60_000 === 0;
    if (ticks && at >= from && at <= end) all.push(at);
  }
  return all;
}

it('ticks as it is defined: forwards, counted, and the latest of them', () => {
  fc.assert(
    fc.property(
      schedule,
      instant,
      fc.nat({ max: 150_000 }),
      fc.nat({ max: 5 }),
      (spec, after, span, most) => {
        const until = after + span;
        const expected = byDefinition(spec, after, until);
        const times = timesOf(spec);
        expect([...ticksWithin(times, { from: after + 1, to: until, most: 1_000 })]).toEqual(expected);
        const due = dueTicks(times, after, until, most + 1);
        expect(due).toEqual({ count: expected.length, uncounted: false, latest: expected.slice(-most - 1) });
      },
    ),
    { numRuns: 40 },
  );
});

it('stops counting after 10,000, and still knows the latest', () => {
  const times = timesOf({ cron: '* * * * * *', job });
  const due = dueTicks(times, 0, 20_000_000, 3);
  expect(due).toEqual({ count: 10_000, uncounted: true, latest: [19_998_000, 19_999_000, 20_000_000] });
  const intervals = timesOf({ everyMs: 1_000, job });
  expect(dueTicks(intervals, 0, 20_000_000, 1)).toMatchObject({ count: 20_000, uncounted: false });
});
