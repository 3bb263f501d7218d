// How many instants a tick decides, and which of them were missed, for schedules whose instants lie at whole intervals.

import type { MisfirePolicy, ScheduleSpec, ScheduleTicked } from '@tksm/abstractions';
import { mustHold } from './violation.ts';

/** Instants at whole intervals from an anchor. */
export interface Grid {
  readonly everyMs: number;
  readonly anchor: number;
}

interface Circumstances {
  readonly grid: Grid;
  /** Until when everything was decided before. */
  readonly last: number;
  readonly what: string;
  readonly time: number;
  /** What comes due in a pause is missed. */
  readonly wasPaused: boolean;
}

/** A tick that is decided later is missed. */
const GRACE_MS = 60_000;
/** Patterns that tick at whole intervals in every zone whose offset is whole hours. */
const STEADY_PATTERNS: Readonly<Record<string, number>> = {
  '*/10 * * * * *': 10_000,
  '0 * * * * *': 60_000,
  '0 0 * * * *': 3_600_000,
};

/** The grid of a schedule that was set at some moment; undefined where it has none. */
export function gridOf(spec: ScheduleSpec, setAt: number): Grid | undefined {
  if ('everyMs' in spec) return { everyMs: spec.everyMs, anchor: spec.anchor ?? setAt };
  const everyMs = 'cron' in spec ? STEADY_PATTERNS[spec.cron] : undefined;
  return everyMs === undefined ? undefined : { everyMs, anchor: 0 };
}

/** A tick decides every instant since the one before, and runs what its misfire policy lets run. */
export function checkCount(
  { at, job, missed = 0, uncounted }: ScheduleTicked,
  misfire: MisfirePolicy,
  { grid: { everyMs, anchor }, last, what, time, wasPaused }: Circumstances,
): void {
  const isOnGrid = (at - anchor) % everyMs === 0;
  mustHold('ticks-on-time', isOnGrid, `${what} for ${at}, from ${anchor} every ${everyMs}`);
  const decided = Math.floor((at - anchor) / everyMs) - Math.floor((last - anchor) / everyMs);
  if (uncounted === true) {
    mustHold('ticks-counted', missed < decided, `${what}: ${missed} of ${decided}, and more`);
    return;
  }
  const onTime = decided - missed;
  const isCounted = onTime === 0 || onTime === 1;
  mustHold('ticks-counted', isCounted, `${what}: ${missed} of ${decided} instants since ${last} were missed`);
  const isLate = time - at > GRACE_MS;
  mustHold('ticks-counted', onTime === 0 || !isLate, `${what} for ${at}, at ${time}, is said to be on time`);
  const mayBeMissed = isLate || at + everyMs <= time || wasPaused;
  mustHold(
    'ticks-counted',
    onTime === 1 || mayBeMissed,
    `${what} for ${at}, at ${time}, is said to be missed`,
  );
  if (job === undefined || onTime === 1) return;
  const mayRun = misfire === 'once' || (misfire === 'all' && decided === 1);
  mustHold(
    'misfires-follow',
    mayRun,
    `${what}: one of ${decided} that were missed runs, misfire is ${misfire}`,
  );
}
