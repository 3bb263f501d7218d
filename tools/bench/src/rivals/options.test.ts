import { describe, expect, it } from 'vitest';
import { parseRivalOptions } from './options.ts';

describe('parseRivalOptions', () => {
  it('takes peers and tests by name; all of a sort that is not named', () => {
    const { peers, tests } = parseRivalOptions(['--only', 'tksm,bullmq-always,process']);
    expect([...peers]).toEqual(['tksm', 'bullmq-always']);
    expect([...tests]).toEqual(['process']);
    expect(parseRivalOptions(['--only', 'graphile']).tests.size).toBeGreaterThan(5);
  });

  it('refuses an unknown name', () => {
    expect(() => parseRivalOptions(['--only', 'celery'])).toThrow('there is no peer or test celery');
  });

  it('refuses rounds that are no number in bounds', () => {
    for (const rounds of ['0', '1.5', 'many', '1000']) {
      expect(() => parseRivalOptions(['--rounds', rounds])).toThrow(TypeError);
    }
  });

  it('takes one round with --quick, three without', () => {
    expect(parseRivalOptions(['--quick']).rounds).toBe(1);
    expect(parseRivalOptions([]).rounds).toBe(3);
  });
});
