import { isKernelError, KernelError, utf8Length } from '@tksm/abstractions';
import type { Instant, ScheduleSpec, ScheduleTiming, StoredObject } from '@tksm/abstractions';
import { oneOf, whole } from '../submit/spec-fields.ts';
import { CronTimes } from './cron-times.ts';
import { DEFAULT_MISFIRE_LIMIT } from './decide-ticks.ts';
import { DEFAULT_ZONE, timesOf } from './tick-times.ts';

/** Bounds of a schedule. */
const SCHEDULE_LIMITS = Object.freeze({
  leastEveryMs: 1_000,
  /** A hundred years. */
  mostEveryMs: 100 * 365 * 86_400_000,
  maxCronLength: 256,
  maxZoneLength: 64,
  maxLimit: 1_000_000_000,
  maxJitterMs: 86_400_000,
  maxMisfireLimit: 1_000,
  /** What a pause has missed is decided in one frame: less than the half of 8 MiB that the segments take of one command. */
  maxMisfireBytes: 4_000_000,
  /** Of each tick, besides its job's options and input. */
  tickBytes: 1_024,
  /** The last one that has a year of four digits. */
  lastInstant: Date.UTC(9999, 11, 31, 23, 59, 59, 999),
});

const TIMINGS = ['cron', 'everyMs', 'at'] as const;
const FIELDS: ReadonlySet<string> = new Set([
  ...['name', 'job', ...TIMINGS, 'zone', 'anchor', 'from', 'until', 'limit'],
  ...['jitterMs', 'misfire', 'misfireLimit', 'overlap'],
]);

/**
 * What `schedule.set` was given as it goes into the log: only what was said. An interval without an anchor keeps that of
 * the schedule as it was, so that setting it anew changes nothing.
 *
 * @throws KernelError `InvalidSchedule` with `data.field`
 */
export function scheduleSpec(
  input: StoredObject,
  now: Instant,
  before: ScheduleSpec | undefined,
): ScheduleSpec {
  try {
    const unknown = Object.keys(input).find((field) => !FIELDS.has(field));
    if (unknown !== undefined) throw invalid(unknown, `a schedule has no field ${unknown}`);
    const spec = { ...timing(input, now, before), ...rules(input), job: input['job'] as StoredObject };
    checkMisfires(spec);
    return spec;
  } catch (thrown) {
    if (!isKernelError(thrown, 'InvalidSpec')) throw thrown;
    throw new KernelError('InvalidSchedule', thrown.message, { data: thrown.data });
  }
}

/** @throws KernelError `InvalidSchedule` for a schedule that has no tick after `now` */
export function checkTicks(spec: ScheduleSpec, now: Instant): void {
  if (timesOf(spec).next(now) !== undefined) return;
  if ('at' in spec && spec.at <= now) {
    const message = `at is ${new Date(spec.at).toISOString()}, which is past`;
    throw invalid('at', message, 'name a later moment; to run it now, submit the job itself');
  }
  const { until, ...endless } = spec;
  if (until !== undefined && timesOf(endless).next(now) !== undefined) {
    throw invalid('until', 'no tick comes before its end', 'name a later end');
  }
  if ('cron' in spec)
    throw invalid('cron', `${JSON.stringify(spec.cron)} never matches`, 'name a date that exists');
  throw invalid('from', 'its tick comes before from', 'name an earlier from, or none');
}

function timing(input: StoredObject, now: Instant, before: ScheduleSpec | undefined): ScheduleTiming {
  const given = TIMINGS.filter((field) => input[field] !== undefined);
  const [field] = given;
  if (field === undefined || given.length > 1) {
    throw invalid('cron', 'a schedule has one of cron, everyMs and at', 'say when it ticks in one way');
  }
  refuseWithout(input, 'zone', 'cron');
  refuseWithout(input, 'anchor', 'everyMs');
  if (field === 'cron') return cron(input);
  if (field === 'at') return { at: instant(input, 'at') };
  const { leastEveryMs, mostEveryMs } = SCHEDULE_LIMITS;
  const everyMs = whole(input['everyMs'], 'everyMs', leastEveryMs, mostEveryMs);
  if (input['anchor'] !== undefined) return { everyMs, anchor: instant(input, 'anchor') };
  const same = before !== undefined && 'everyMs' in before && before.everyMs === everyMs;
  return { everyMs, anchor: (same ? before.anchor : undefined) ?? now };
}

function cron(input: StoredObject): ScheduleTiming {
  const { maxCronLength, maxZoneLength } = SCHEDULE_LIMITS;
  const pattern = text(input, 'cron', maxCronLength).trim().replace(/\s+/g, ' ');
  const zone = input['zone'] === undefined ? undefined : text(input, 'zone', maxZoneLength);
  CronTimes.of(pattern, zone ?? DEFAULT_ZONE);
  return { cron: pattern, ...(zone !== undefined && { zone }) };
}

function rules(input: StoredObject): Omit<ScheduleSpec, 'job' | keyof ScheduleTiming> {
  const { maxLimit, maxJitterMs, maxMisfireLimit } = SCHEDULE_LIMITS;
  const { limit, jitterMs, misfire, misfireLimit, overlap } = input;
  return {
    ...(input['from'] !== undefined && { from: instant(input, 'from') }),
    ...(input['until'] !== undefined && { until: instant(input, 'until') }),
    ...(limit !== undefined && { limit: whole(limit, 'limit', 1, maxLimit) }),
    ...(jitterMs !== undefined && { jitterMs: whole(jitterMs, 'jitterMs', 0, maxJitterMs) }),
    ...(misfire !== undefined && { misfire: oneOf(misfire as string, 'misfire', MISFIRE) }),
    ...(misfireLimit !== undefined && {
      misfireLimit: whole(misfireLimit, 'misfireLimit', 1, maxMisfireLimit),
    }),
    ...(overlap !== undefined && { overlap: oneOf(overlap as string, 'overlap', OVERLAP) }),
  };
}

const MISFIRE = ['skip', 'once', 'all'] as const;
const OVERLAP = ['allow', 'skip', 'queue-one'] as const;

function instant(input: StoredObject, field: string): Instant {
  return whole(input[field], field, 0, SCHEDULE_LIMITS.lastInstant);
}

function text(input: StoredObject, field: string, most: number): string {
  const value = input[field];
  if (typeof value === 'string' && value.length > 0 && value.length <= most) return value;
  throw invalid(field, `${field} is a text of 1 to ${most} characters`);
}

function refuseWithout(input: StoredObject, field: string, of: string): void {
  if (input[field] === undefined || input[of] !== undefined) return;
  throw invalid(field, `${field} belongs to ${of}, which is not there`);
}

function checkMisfires({ misfire, misfireLimit = DEFAULT_MISFIRE_LIMIT, job }: ScheduleSpec): void {
  if (misfire !== 'all') return;
  const { maxMisfireBytes, tickBytes } = SCHEDULE_LIMITS;
  const most = Math.floor(maxMisfireBytes / (utf8Length(JSON.stringify(job)) + tickBytes));
  if (misfireLimit <= most) return;
  const next = `set misfireLimit to ${most} or less, or put the input into a blob`;
  throw invalid('misfireLimit', `${misfireLimit} jobs of this size do not fit into one frame`, next);
}

function invalid(field: string, message: string, next?: string): KernelError {
  return new KernelError('InvalidSchedule', message, {
    data: { field },
    ...(next !== undefined && { next }),
  });
}
