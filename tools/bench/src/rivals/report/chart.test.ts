import { describe, expect, it } from 'vitest';
import type { RivalResult } from '../result.ts';
import { chartOf } from './chart.ts';

const result = (part: Partial<RivalResult> & Pick<RivalResult, 'peer' | 'figures'>): RivalResult => ({
  ...{ test: 'process', setting: 'concurrency 100', version: '1.0.0', n: 10, clean: 3, samples: 3 },
  ...part,
});

const widths = (svg: string): number[] =>
  [...svg.matchAll(/<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)"/g)].map(([, width]) => Number(width));

describe('chartOf', () => {
  it('draws bars from zero, in proportion', () => {
    const svg = chartOf(
      [
        result({ peer: 'tksm', figures: { ops_per_s: 60_000 } }),
        result({ peer: 'bullmq-always', figures: { ops_per_s: 10_000 } }),
      ],
      'heading',
    );
    const [ours = 0, theirs = 0] = widths(svg);
    expect(ours / theirs).toBeCloseTo(6, 1);
    expect(svg).toContain('60,000 /s');
  });

  it('gives each test and setting a panel on a scale of its own', () => {
    const svg = chartOf(
      [
        result({ peer: 'tksm', figures: { ops_per_s: 60_000 } }),
        result({ peer: 'tksm', figures: { p50_ms: 0.2 }, test: 'latency', setting: 'idle' }),
      ],
      'heading',
    );
    expect(new Set(widths(svg)).size).toBe(1);
    expect(svg).toContain('Pickup p50, idle (↓)');
  });

  it('tells samples that were contended', () => {
    const svg = chartOf([result({ peer: 'tksm', figures: { ops_per_s: 1 }, clean: 0 })], 'heading');
    expect(svg).toContain('1 /s *');
  });

  it('leaves out what has no figure, and the bare disk', () => {
    const svg = chartOf(
      [
        result({ peer: 'tksm', figures: {} }),
        result({ peer: 'raw', figures: { ops_per_s: 1 }, test: 'raw_group_commit' }),
      ],
      'heading',
    );
    expect(widths(svg)).toEqual([]);
  });

  it('escapes text', () => {
    expect(chartOf([], 'a < b & c')).toContain('a &lt; b &amp; c');
  });
});
