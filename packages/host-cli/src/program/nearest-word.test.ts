import { describe, expect, it } from 'vitest';
import { nearestWord } from './nearest-word.ts';

const known = ['run', 'replay', 'health', 'version', 'var'];

describe('nearestWord', () => {
  it('finds what was meant through swaps, gaps and beginnings', () => {
    expect(nearestWord('versoin', known)).toBe('version');
    expect(nearestWord('helth', known)).toBe('health');
    expect(nearestWord('rep', known)).toBe('replay');
    expect(nearestWord('vra', known)).toBe('var');
  });

  it('finds nothing for a word of its own', () => {
    expect(nearestWord('submit', known)).toBeUndefined();
    expect(nearestWord('x', known)).toBeUndefined();
  });
});
