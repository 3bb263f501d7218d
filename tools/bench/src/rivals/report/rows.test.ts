import { describe, expect, it } from 'vitest';
import type { RivalResult } from '../result.ts';
import { rivalLines, rivalTable } from './rows.ts';

const base = { version: '1.0.0', n: 10, clean: 3, samples: 4 } as const;
const rate = (peer: RivalResult['peer'], ops_per_s: number): RivalResult => ({
  ...{ peer, test: 'process', setting: 'concurrency 100', figures: { ops_per_s } },
  ...base,
});
const time = (peer: RivalResult['peer'], p50_ms: number): RivalResult => ({
  ...{ peer, test: 'latency', setting: 'idle', figures: { p50_ms, p99_ms: p50_ms } },
  ...base,
});

const linesOf = (results: readonly RivalResult[]): readonly Record<string, unknown>[] =>
  rivalLines(results)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('rivalLines', () => {
  it('says how many times as good ours is: more of a rate, less of a time', () => {
    const lines = linesOf([
      rate('tksm', 60_000),
      rate('bullmq-always', 10_000),
      time('tksm', 0.5),
      time('bullmq-always', 1),
    ]);
    expect(lines.map(({ ours_ratio }) => ours_ratio)).toEqual([1, 6, 1, 2]);
  });

  it('has no ratio where ours was not measured', () => {
    expect(linesOf([rate('graphile', 1)])[0]).not.toHaveProperty('ours_ratio');
  });

  it('gives each row what scripts rely on', () => {
    expect(linesOf([rate('graphile', 1)])[0]).toMatchObject({
      ...{ peer: 'graphile', version: '1.0.0', test: 'process', setting: 'concurrency 100', n: 10 },
      ops_per_s: 1,
    });
  });

  it('marks results without a clean sample', () => {
    const [line] = linesOf([{ ...rate('graphile', 1), clean: 0 }]);
    expect(line).toMatchObject({ contended: true });
  });
});

describe('rivalTable', () => {
  it('says of work that was not finished in time that it takes longer', () => {
    const crash: RivalResult = {
      ...{ peer: 'graphile', test: 'sigkill', setting: 'defaults' },
      ...{ figures: { recovery_ms: 75_000, unfinished: 10 }, ...base },
    };
    expect(rivalTable([crash])).toContain('> 75,000 ms');
  });

  it('tells clean samples of all, and what else is known', () => {
    const crash: RivalResult = {
      ...{ peer: 'tksm', test: 'sigkill', setting: 'defaults' },
      ...{ figures: { recovery_ms: 812, duplicates: 0, repeated: 4, unfinished: 0 }, ...base },
    };
    const [, row = ''] = rivalTable([crash]).split('\n');
    expect(row).toContain('812 ms');
    expect(row).toContain('3/4');
    expect(row).toContain('duplicates 0, repeated 4, unfinished 0');
  });
});
