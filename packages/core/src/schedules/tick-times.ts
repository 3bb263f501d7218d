import type { Instant, ScheduleSpec, ScheduleTiming } from '@tksm/abstractions';
import { CronTimes } from './cron-times.ts';

/** Zone of a cron pattern that names none. */
export const DEFAULT_ZONE = 'UTC';

/** Nominal instants, strictly ordered. */
export interface TickTimes {
  /** The first one after an instant. */
  next(after: Instant): Instant | undefined;
  /** The last `count` that are not after an instant, in order. */
  latest(until: Instant, count: number): Instant[];
  /** How many lie after one instant and not after another, where that can be computed; else they are to be walked. */
  count?(after: Instant, until: Instant): number;
}

/** The nominal instants of a schedule. @throws KernelError `InvalidSchedule` */
export function timesOf(spec: ScheduleSpec): TickTimes {
  const { from = 0, until = Number.POSITIVE_INFINITY } = spec;
  const times = timesOfTiming(spec);
  const { count } = times;
  return {
    next: (after) => {
      const next = times.next(Math.max(after, from - 1));
      return next === undefined || next > until ? undefined : next;
    },
    latest: (to, most) =>
      most === 0 ? [] : times.latest(Math.min(to, until), most).filter((at) => at >= from),
    ...(count && {
      count: (after, to) => Math.max(0, count(Math.max(after, from - 1), Math.min(to, until))),
    }),
  };
}

function timesOfTiming(timing: ScheduleTiming): TickTimes {
  if ('cron' in timing) return CronTimes.of(timing.cron, timing.zone ?? DEFAULT_ZONE);
  return 'at' in timing ? single(timing.at) : intervals(timing.everyMs, timing.anchor ?? 0);
}

function single(at: Instant): TickTimes {
  return {
    next: (after) => (at > after ? at : undefined),
    latest: (until) => (at <= until ? [at] : []),
    count: (after, until) => (after < at && at <= until ? 1 : 0),
  };
}

function intervals(everyMs: number, anchor: Instant): TickTimes {
  const nth = (instant: Instant): number => Math.floor((instant - anchor) / everyMs);
  return {
    next: (after) => anchor + (nth(after) + 1) * everyMs,
    latest: (until, most) =>
      Array.from({ length: most }, (_, back) => anchor + (nth(until) - (most - 1 - back)) * everyMs),
    count: (after, until) => nth(until) - nth(after),
  };
}

/** The nominal instants in a stretch of time, both ends included, `most` of them at most. */
export function* ticksWithin(
  times: TickTimes,
  { from, to, most }: { readonly from: Instant; readonly to: Instant; readonly most: number },
): Generator<Instant> {
  let left = most;
  for (let at = times.next(from - 1); at !== undefined && at <= to; at = times.next(at)) {
    if (left-- <= 0) return;
    yield at;
  }
}
