import type { Instant } from '@tksm/abstractions';
import type { TickTimes } from './tick-times.ts';

/** Missed ticks of a cron pattern that are counted one by one: half a second of work. */
const MAX_COUNTED = 10_000;

/** Ticks that are due and not decided. */
export interface DueTicks {
  /** How many there are, at least. */
  readonly count: number;
  /** Whether there are more than were counted. */
  readonly uncounted: boolean;
  /** The latest of them, in order. */
  readonly latest: readonly Instant[];
}

/**
 * The ticks after `decided` and not after `now`, with the latest `most` of them.
 */
export function dueTicks(times: TickTimes, decided: Instant, now: Instant, most: number): DueTicks {
  if (times.count !== undefined) {
    const count = times.count(decided, now);
    return { count, uncounted: false, latest: times.latest(now, Math.min(most, count)) };
  }
  const latest: Instant[] = [];
  let count = 0;
  for (let at = times.next(decided); at !== undefined && at <= now; at = times.next(at)) {
    if (count === MAX_COUNTED) return { count, uncounted: true, latest: times.latest(now, most) };
    count += 1;
    latest.push(at);
    if (latest.length > most) latest.shift();
  }
  return { count, uncounted: false, latest };
}
