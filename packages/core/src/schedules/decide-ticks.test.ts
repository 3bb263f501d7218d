import { handleId, jobId, scheduleName } from '@tksm/abstractions';
import type { JobId, KernelEvent, ScheduleRecord, ScheduleRules, ScheduleTicked } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideTicks, TICK_GRACE_MS } from './decide-ticks.ts';

const EVERY = 300_000;
const idOf = (at: number): JobId => jobId(at.toString(16).padStart(32, '0'));

function record(rules: ScheduleRules, more: Partial<ScheduleRecord> = {}): ScheduleRecord {
  return {
    name: scheduleName('s'),
    by: handleId('operator'),
    spec: { everyMs: EVERY, anchor: 0, ...rules, job: { kind: 'k' } },
    ...{ generation: 1, decided: 0, runs: 0, missed: 0, ...more },
  };
}

interface Case {
  readonly now: number;
  readonly open?: readonly JobId[];
  readonly refuse?: (at: number) => boolean;
}

function decided(schedule: ScheduleRecord, { now, open = [], refuse = () => false }: Case): ScheduleTicked[] {
  const groups = decideTicks(schedule, {
    now,
    graceMs: TICK_GRACE_MS,
    open,
    job: (at, after) =>
      refuse(at)
        ? { error: { code: 'InvalidInput', message: 'no' } }
        : { id: idOf(at), events: after.length === 0 ? [] : [submitted(at, after)] },
  });
  return [...groups].map(([tick]) => tick as ScheduleTicked);
}

function submitted(at: number, dependsOn: readonly JobId[]): KernelEvent {
  const spec = { kind: 'k', version: 1, input: null, dependsOn };
  return { type: 'job.submitted', v: 1, job: idOf(at), by: handleId('o'), spec } as unknown as KernelEvent;
}

const brief = (ticks: readonly ScheduleTicked[]): unknown[] =>
  ticks.map(({ at, job, missed, skipped, error, ended }) => [
    at / EVERY,
    job === undefined ? (skipped ?? error?.code) : 'job',
    ...(missed === undefined ? [] : [`missed ${missed}`]),
    ...(ended === true ? ['ended'] : []),
  ]);

const LATE = 5 * EVERY + TICK_GRACE_MS + 1;
const ON_TIME = 5 * EVERY + TICK_GRACE_MS;

describe('missed ticks', () => {
  it('run once for all of them, unless the policy says otherwise', () => {
    expect(brief(decided(record({}), { now: LATE }))).toEqual([[5, 'job', 'missed 5']]);
    expect(brief(decided(record({}), { now: ON_TIME }))).toEqual([[5, 'job', 'missed 4']]);
    expect(brief(decided(record({}), { now: EVERY }))).toEqual([[1, 'job']]);
  });

  it('are passed over by skip, which runs what is on time', () => {
    const skip = record({ misfire: 'skip' });
    expect(brief(decided(skip, { now: LATE }))).toEqual([[5, 'misfire', 'missed 5']]);
    expect(brief(decided(skip, { now: ON_TIME }))).toEqual([
      [4, 'misfire', 'missed 4'],
      [5, 'job'],
    ]);
    expect(brief(decided(skip, { now: EVERY + TICK_GRACE_MS }))).toEqual([[1, 'job']]);
  });

  it('run each with all, the latest of them up to a limit', () => {
    const each = [1, 2, 3, 4].map((n) => [n, 'job', 'missed 1']);
    expect(brief(decided(record({ misfire: 'all' }), { now: ON_TIME }))).toEqual([...each, [5, 'job']]);
    const two = record({ misfire: 'all', misfireLimit: 2 });
    expect(brief(decided(two, { now: ON_TIME }))).toEqual([
      [2, 'misfire', 'missed 2'],
      ...each.slice(2),
      [5, 'job'],
    ]);
    expect(brief(decided(two, { now: LATE }))).toEqual([
      [3, 'misfire', 'missed 3'],
      [4, 'job', 'missed 1'],
      [5, 'job', 'missed 1'],
    ]);
  });
});

describe('overlap', () => {
  const two = [idOf(1), idOf(2)];
  it.each([
    ['allow', two, 'job'],
    ['skip', [], 'job'],
    ['skip', two.slice(1), 'overlap'],
    ['queue-one', [], 'job'],
    ['queue-one', two.slice(1), 'job'],
    ['queue-one', two, 'overlap'],
  ] as const)('%s with open jobs %j: %s', (overlap, open, came) => {
    expect(brief(decided(record({ overlap }), { now: EVERY, open }))).toEqual([[1, came]]);
  });

  it('counts the jobs of the ticks just decided', () => {
    const queue = record({ overlap: 'queue-one', misfire: 'all' });
    expect(brief(decided(queue, { now: 3 * EVERY })).map((tick) => (tick as unknown[])[1])).toEqual([
      'job',
      'job',
      'overlap',
    ]);
  });
});

describe('the end', () => {
  it('comes with the last job that the limit allows', () => {
    const limited = record({ limit: 3, misfire: 'all' }, { runs: 1 });
    expect(brief(decided(limited, { now: ON_TIME }))).toEqual([
      [1, 'job', 'missed 1'],
      [2, 'job', 'missed 1', 'ended'],
    ]);
  });

  it('comes with the last tick before `until`, whatever became of it', () => {
    const until = record({ until: 2 * EVERY + 1 });
    expect(brief(decided(until, { now: 2 * EVERY, refuse: () => true }))).toEqual([
      [2, 'InvalidInput', 'missed 1', 'ended'],
    ]);
  });
});

it('decides every tick once, in order, whatever the rules and however long the pause', () => {
  const rules = fc.record(
    {
      misfire: fc.constantFrom('skip' as const, 'once' as const, 'all' as const),
      misfireLimit: fc.integer({ min: 1, max: 5 }),
      overlap: fc.constantFrom('allow' as const, 'skip' as const, 'queue-one' as const),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      rules,
      fc.array(fc.nat({ max: 12 * EVERY }), { maxLength: 10 }),
      fc.func(fc.boolean()),
      (given, steps, refuse) => {
        let [schedule, now, count] = [record(given), 0, 0];
        for (const step of steps) {
          now += step;
          const ticks = decided(schedule, { now, refuse });
          for (const tick of ticks) {
            expect(tick.at).toBeGreaterThan(schedule.decided);
            const isOnTime = tick === ticks.at(-1) && now - tick.at <= TICK_GRACE_MS;
            count += (tick.missed ?? 0) + (isOnTime && tick.skipped !== 'misfire' ? 1 : 0);
            schedule = { ...schedule, decided: tick.at };
          }
          expect(schedule.decided).toBe(now - (now % EVERY));
          expect(count).toBe(Math.floor(now / EVERY));
        }
      },
    ),
    { numRuns: 100 },
  );
});
