import { describe, expect, it } from 'vitest';
import { grouped, longSpan, relative } from './times.ts';

describe('times for people', () => {
  it('says how long something took', () => {
    const spans = [0, 42, 9_990, 12_345, 61_000, 3_723_000, -5];
    expect(spans.map(longSpan)).toEqual(['0.00s', '0.04s', '9.99s', '12.3s', '1m01s', '1h02m', '0.00s']);
  });

  it('says how long ago, and how far ahead', () => {
    expect(relative(0, 90_000)).toBe('1m ago');
    expect(relative(7_200_000, 0)).toBe('in 2h');
    expect(relative(5, 5)).toBe('0ms ago');
  });

  it('groups digits by three', () => {
    expect([0, 999, 1_000, 1_234_567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
  });
});
