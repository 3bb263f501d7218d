import type { Instant } from '@tksm/abstractions';

/** Widths that buckets may have, in ms, each a multiple of the one before: 1 s to 100 d. */
const WIDTHS_MS: readonly number[] = [
  1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000, 864_000_000, 8_640_000_000,
];

/** Buckets kept: when there are more, all of them become wider. */
export const MAX_BUCKETS = 240;

/** Figures over time: of each bucket in which something happened, oldest first. */
export interface TimeBuckets<Figures> {
  widthMs: number;
  buckets: { at: Instant; figures: Figures }[];
}

export function noBuckets<Figures>(): TimeBuckets<Figures> {
  return { widthMs: WIDTHS_MS[0] ?? 0, buckets: [] };
}

/** The figures of the bucket that a time falls in; times never go back. */
export function bucketAt<Figures>(
  series: TimeBuckets<Figures>,
  time: Instant,
  empty: () => Figures,
  merge: (into: Figures, from: Figures) => void,
): Figures {
  const { buckets } = series;
  const last = buckets.at(-1);
  if (last !== undefined && time < last.at + series.widthMs) return last.figures;
  const bucket = { at: startOf(time, series.widthMs), figures: empty() };
  buckets.push(bucket);
  if (buckets.length <= MAX_BUCKETS) return bucket.figures;
  widen(series, merge);
  return series.buckets.at(-1)?.figures ?? bucket.figures;
}

function widen<Figures>(series: TimeBuckets<Figures>, merge: (into: Figures, from: Figures) => void): void {
  const wider = WIDTHS_MS.find((width) => width > series.widthMs);
  if (wider === undefined) {
    // Longer than anybody has kept a log.
    series.buckets.shift();
    return;
  }
  const merged: TimeBuckets<Figures>['buckets'] = [];
  for (const { at, figures } of series.buckets) {
    const last = merged.at(-1);
    const start = startOf(at, wider);
    if (last?.at === start) merge(last.figures, figures);
    else merged.push({ at: start, figures });
  }
  series.widthMs = wider;
  series.buckets = merged;
  if (merged.length > MAX_BUCKETS) widen(series, merge);
}

function startOf(time: Instant, widthMs: number): Instant {
  return time - (time % widthMs);
}
