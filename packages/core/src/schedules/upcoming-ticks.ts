import type { Instant, ScheduleRecord } from '@tksm/abstractions';
import { timesOf } from './tick-times.ts';

/**
 * The next nominal instants of a schedule that are not decided and after `now`, as the zone rules of this process have
 * them: at most `count`, fewer when it ends before.
 */
export function upcomingTicks(
  { spec, decided, runs }: ScheduleRecord,
  now: Instant,
  count: number,
): Instant[] {
  const times = timesOf(spec);
  const most = Math.min(count, (spec.limit ?? Number.POSITIVE_INFINITY) - runs);
  const found: Instant[] = [];
  let at = times.next(Math.max(decided, now));
  while (at !== undefined && found.length < most) {
    found.push(at);
    at = times.next(at);
  }
  return found;
}
