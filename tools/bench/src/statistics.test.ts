import { describe, expect, it } from 'vitest';
import { median, medians, percentile, rounded } from './statistics.ts';

describe('percentile', () => {
  it('takes the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0, 0.5, 0.99, 1].map((p) => percentile(values, p))).toEqual([1, 50, 99, 100]);
  });

  it('gives the only value for any part', () => {
    expect([0, 0.5, 0.99].map((p) => percentile([7], p))).toEqual([7, 7, 7]);
  });

  it('is not a number without values', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('takes the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('takes the mean of the two in the middle', () => {
    expect(median([4, 1, 2, 9])).toBe(3);
  });

  it('sorts by size, not as text', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it('is not a number without values', () => {
    expect(median([])).toBeNaN();
  });
});

describe('medians', () => {
  it('takes each figure over the samples that have it', () => {
    expect(medians([{ a: 1, b: 10 }, { a: 3 }, { a: 2, b: 20 }])).toEqual({ a: 2, b: 15 });
  });
});

describe('rounded', () => {
  it('keeps four digits of a small number and none after the point of a large one', () => {
    expect([0.123456, 12.3456, 123456.7].map(rounded)).toEqual([0.1235, 12.35, 123457]);
  });
});
