import { jobId } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

describe('seededRandom', () => {
  it('repeats itself for the same seed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string()), (seed) => {
        const [one, two] = [seededRandom(seed), seededRandom(seed)];
        for (let i = 0; i < 5; i++) expect([one.id(), one.next()]).toEqual([two.id(), two.next()]);
      }),
    );
  });

  it('gives other ids for other seeds, also near ones', () => {
    const ids = Array.from({ length: 5_000 }, (_, seed) => seededRandom(seed).id());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives valid ids that do not repeat', () => {
    const random = seededRandom('ids');
    const ids = Array.from({ length: 50_000 }, () => random.id());
    expect(new Set(ids).size).toBe(ids.length);
    ids.slice(0, 100).forEach(jobId);
  });

  it('keeps to its sequence, since saved seeds must replay', () => {
    const random = seededRandom('golden');
    expect([random.id(), random.next()]).toMatchInlineSnapshot(`
      [
        "bcee6d2a42143a283992dcf5b3dadfb4",
        0.49661275717358977,
      ]
    `);
  });

  it('spreads numbers evenly over [0, 1), for every seed', () => {
    const buckets = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 2_000; seed++) {
      const random = seededRandom(seed);
      for (let i = 0; i < 50; i++) {
        const bucket = Math.floor(random.next() * 20);
        buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      }
    }
    // 19 degrees of freedom: 43.8 is passed once in a thousand.
    const chiSquared = buckets.reduce((sum, count) => sum + (count - 5_000) ** 2 / 5_000, 0);
    expect(chiSquared).toBeLessThan(43.8);
  });
});
