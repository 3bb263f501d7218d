import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Instant, ScheduleSpec, ScheduleTiming, StoredObject } from '@tksm/abstractions';
import { oneOf, whole } from '../submit/spec-fields.ts';
import { CronTimes } from './cron-times.ts';
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
    if (timesOf(spec).next(now) === undefined) throw neverTicks(input, spec, now);
    return spec;
  } catch (thrown) {
    if (!isKernelError(thrown, 'InvalidSpec')) throw thrown;
    throw new KernelError('InvalidSchedule', thrown.message, { data: thrown.data });
  }
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
  return whole(input[field], field, 0, Number.MAX_SAFE_INTEGER);
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

function neverTicks(input: StoredObject, spec: ScheduleSpec, now: Instant): KernelError {
  if ('at' in spec && spec.at <= now) {
    const message = `at is ${now - spec.at} ms in the past`;
    return invalid('at', message, 'name a later moment; to run it now, submit the job itself');
  }
  if (spec.until !== undefined) return invalid('until', 'no tick comes before its end');
  return invalid('cron', `${JSON.stringify(input['cron'])} never matches`, 'name a date that exists');
}

function invalid(field: string, message: string, next?: string): KernelError {
  return new KernelError('InvalidSchedule', message, {
    data: { field },
    ...(next !== undefined && { next }),
  });
}
