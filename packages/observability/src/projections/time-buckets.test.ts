import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketAt, MAX_BUCKETS, noBuckets } from './time-buckets.ts';

interface Count {
  count: number;
}

function series(times: readonly number[]) {
  const buckets = noBuckets<Count>();
  const empty = (): Count => ({ count: 0 });
  for (const time of times) {
    bucketAt(buckets, time, empty, (into, from) => (into.count += from.count)).count += 1;
  }
  return buckets;
}

describe('time buckets', () => {
  it('count each event once, in order, and never are more than they may be', () => {
    const gaps = fc.array(fc.oneof(fc.nat(10), fc.nat(100_000), fc.nat(10_000_000_000)), { maxLength: 900 });
    fc.assert(
      fc.property(gaps, (list) => {
        let time = 0;
        const times = list.map((gap) => (time += gap));
        const { buckets, widthMs } = series(times);
        expect(buckets.length).toBeLessThanOrEqual(MAX_BUCKETS);
        // Longer than the widest buckets reach, the oldest go.
        if ((times.at(-1) ?? 0) / widthMs < MAX_BUCKETS) {
          expect(buckets.reduce((sum, { figures }) => sum + figures.count, 0)).toBe(times.length);
        }
        for (const [at, bucket] of buckets.entries()) {
          expect(bucket.at % widthMs).toBe(0);
          if (at > 0) expect(bucket.at).toBeGreaterThanOrEqual((buckets[at - 1]?.at ?? 0) + widthMs);
          const within = times.filter((each) => each >= bucket.at && each < bucket.at + widthMs).length;
          expect(bucket.figures.count).toBe(within);
        }
      }),
    );
  });

  it('become wider, all of them, when there are too many', () => {
    const { buckets, widthMs } = series(Array.from({ length: MAX_BUCKETS + 1 }, (_, n) => n * 1_000));
    expect(widthMs).toBe(10_000);
    expect(buckets).toHaveLength(MAX_BUCKETS / 10 + 1);
  });
});
