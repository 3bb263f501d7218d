import { describe, expect, it } from 'vitest';
import type { Figures } from './bench-test.ts';
import { isClean, measuredOf } from './measured.ts';

const sample = (figures: Figures): ReadonlyMap<string, Figures> => new Map([['', figures]]);

describe('measuredOf', () => {
  it('takes the median of the clean samples alone', () => {
    const taken = [
      sample({ ops_per_s: 10, foreign_cores: 0.1 }),
      sample({ ops_per_s: 2, foreign_cores: 1.2 }),
      sample({ ops_per_s: 12, foreign_cores: 0.2 }),
    ];
    expect(measuredOf(5, taken)).toMatchObject({ n: 5, figures: { ops_per_s: 11 }, clean: 2, samples: 3 });
  });

  it('takes all when none is clean, and says so', () => {
    const taken = [sample({ ops_per_s: 4, foreign_cores: 1 })];
    expect(measuredOf(5, taken)).toMatchObject({ figures: { ops_per_s: 4 }, clean: 0, samples: 1 });
  });

  it('counts the best of several variants', () => {
    const taken = [
      new Map([
        ['slow', { ops_per_s: 1 }],
        ['fast', { ops_per_s: 9 }],
      ]),
    ];
    expect(measuredOf(5, taken)).toMatchObject({ variant: 'fast', variants: { slow: 1, fast: 9 } });
  });

  it('is nothing without samples', () => {
    expect(measuredOf(5, [])).toBeUndefined();
  });
});

describe('isClean', () => {
  it('refuses a sample during which others used more than 0.3 of a core', () => {
    expect([0, 0.3, 0.31].map((cores) => isClean(sample({ foreign_cores: cores })))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
