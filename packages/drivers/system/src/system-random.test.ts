import { jobId } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { systemRandom } from './system-random.ts';

describe('systemRandom', () => {
  it('gives ids of 32 hex digits that do not repeat over many pools', () => {
    const ids = Array.from({ length: 20_000 }, () => systemRandom.id());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) jobId(id);
  });

  it('keeps ids apart from numbers drawn in between', () => {
    const ids = new Set<string>();
    for (let i = 0; i < 10_000; i++) {
      ids.add(systemRandom.id());
      if (i % 3 === 0) systemRandom.next();
    }
    expect(ids.size).toBe(10_000);
  });

  it('spreads numbers evenly over [0, 1)', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const number = systemRandom.next();
      expect(number >= 0 && number < 1).toBe(true);
      const bucket = Math.floor(number * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(1_000);
  });
});
