import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistogramSample } from './snapshot.ts';
import { createMetrics } from './metric-registry.ts';
import { MAX_SERIES } from './series.ts';

const help = 'for a test';

describe('createMetrics', () => {
  it('counts, with and without labels', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('jobs', { help });
    counter.add();
    counter.add(4);
    counter.add(1, { kind: 'shell', zone: 'a' });
    counter.add(2, { zone: 'a', kind: 'shell' });
    expect(metrics.snapshot()).toMatchObject([
      {
        ...{ name: 'jobs', type: 'counter' },
        samples: [
          { labels: {}, value: 5 },
          { labels: { kind: 'shell', zone: 'a' }, value: 3 },
        ],
      },
    ]);
  });

  it('never lets a counter shrink', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('jobs', { help });
    for (const amount of [3, -1, NaN, -Infinity, Infinity]) counter.add(amount);
    expect(metrics.snapshot()[0]?.samples).toEqual([{ labels: {}, value: 3 }]);
  });

  it('gives the same instrument for the same name, and refuses another type', () => {
    const metrics = createMetrics();
    expect(metrics.counter('jobs', { help })).toBe(metrics.counter('jobs', { help }));
    expect(() => metrics.histogram('jobs', { help })).toThrow('jobs is a counter already');
  });

  it.each(['', 'Jobs', 'a-b', '1a', 'x'.repeat(200)])('refuses the name %j', (name) => {
    expect(() => createMetrics().counter(name, { help })).toThrow('no name for a metric');
  });

  it('counts observations in the bucket whose bound they do not exceed', () => {
    const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }));
    const bounds = fc.uniqueArray(fc.integer({ min: -8, max: 8 }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, bounds, (values, unsorted) => {
        const buckets = unsorted.toSorted((a, b) => a - b);
        const metrics = createMetrics();
        const histogram = metrics.histogram('sizes', { help, buckets });
        for (const value of values) histogram.observe(value);
        const sample = metrics.snapshot()[0]?.samples[0] as HistogramSample;
        expect(sample.count).toBe(values.length);
        for (const { upTo, count } of sample.buckets) {
          expect(count).toBe(values.filter((value) => value <= upTo).length);
        }
      }),
    );
  });

  it('ignores observations that are no number, and refuses bounds that do not ascend', () => {
    const metrics = createMetrics();
    metrics.histogram('sizes', { help }).observe(NaN);
    expect(metrics.snapshot()[0]?.samples).toMatchObject([{ count: 0 }]);
    for (const buckets of [[2, 1], [1, 1], [NaN]]) {
      expect(() => metrics.histogram('others', { help, buckets })).toThrow('do not ascend');
    }
  });

  it('reads gauges when asked, one number or several, and survives one that fails', () => {
    const metrics = createMetrics();
    let depth = 1;
    metrics.gauge('depth', { help }, () => depth);
    metrics.gauge('jobs', { help }, () => [{ labels: { status: 'queued' }, value: 7 }]);
    metrics.gauge('zz_broken', { help }, () => {
      throw new Error('closed');
    });
    depth = 2;
    expect(metrics.snapshot().map(({ samples }) => samples)).toEqual([
      [{ labels: {}, value: 2 }],
      [{ labels: { status: 'queued' }, value: 7 }],
      [],
    ]);
  });

  it('bounds the series of an instrument and counts the rest together', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('jobs', { help });
    for (let index = 0; index < MAX_SERIES + 50; index++) counter.add(1, { job: String(index) });
    const samples = metrics.snapshot()[0]?.samples ?? [];
    expect(samples).toHaveLength(MAX_SERIES + 1);
    expect(samples.at(-1)).toEqual({ labels: { overflow: 'true' }, value: 50 });
  });
});
