import { describe, expect, it } from 'vitest';
import type { RivalResult } from './result.ts';
import { judgeRivals } from './targets.ts';

const process = (peer: RivalResult['peer'], ops_per_s: number): RivalResult => ({
  ...{ peer, test: 'process', setting: 'concurrency 100', version: '', n: 1, clean: 1, samples: 1 },
  figures: { ops_per_s },
});

const crash = (duplicates: number): RivalResult => ({
  ...{ peer: 'tksm', test: 'sigkill', setting: 'defaults', version: '', n: 1, clean: 1, samples: 1 },
  figures: { recovery_ms: 1, duplicates },
});

describe('judgeRivals', () => {
  it('compares with the row that a target names', () => {
    const verdicts = judgeRivals([process('tksm', 66), process('bullmq-always', 10)]);
    expect(verdicts).toEqual([
      {
        ...{ what: 'process (concurrency 100)', wanted: '≥ 6 × bullmq-always' },
        ...{ value: 6.6, met: true },
      },
    ]);
  });

  it('says when it falls short', () => {
    const [verdict] = judgeRivals([process('tksm', 59), process('bullmq-always', 10)]);
    expect(verdict?.met).toBe(false);
  });

  it('leaves out targets whose rows were not measured', () => {
    expect(judgeRivals([process('tksm', 1)])).toEqual([]);
  });

  it('takes a bound that is no ratio as it is', () => {
    expect(judgeRivals([crash(0)])[0]?.met).toBe(true);
    expect(judgeRivals([crash(1)])[0]?.met).toBe(false);
  });
});
