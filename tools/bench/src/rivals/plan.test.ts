import { describe, expect, it } from 'vitest';
import { PEERS } from './peers.ts';
import { RIVAL_PLAN } from './plan.ts';
import { RIVAL_TESTS } from './tests.ts';

describe('RIVAL_PLAN', () => {
  it('has no row twice', () => {
    const rows = RIVAL_PLAN.map(({ peer, test, setting }) => `${peer} ${test} ${setting}`);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('has every test and every peer', () => {
    expect(new Set(RIVAL_PLAN.map(({ test }) => test))).toEqual(new Set(Object.keys(RIVAL_TESTS)));
    expect(new Set(RIVAL_PLAN.map(({ peer }) => peer))).toEqual(new Set(Object.keys(PEERS)));
  });

  it('gives every rival the same amount of work as ours', () => {
    for (const { peer, test, setting, n, tuned } of RIVAL_PLAN) {
      if (peer === 'raw' || tuned === true) continue;
      const ours = RIVAL_PLAN.find(
        (row) => row.peer === 'tksm' && row.test === test && row.setting === setting,
      );
      expect(ours?.n).toBe(n);
    }
  });
});
