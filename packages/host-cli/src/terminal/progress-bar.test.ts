import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressLine } from './progress-bar.ts';
import { styleOf } from './style.ts';
import { textWidth } from './text-width.ts';

const plain = styleOf(false);

describe('progressLine', () => {
  it('shows done, total, rate, time left and notes', () => {
    const facts = { label: 'hash', done: 50, total: 100, perSecond: 25, notes: ['4 running', ''] };
    expect(progressLine(facts, 60, plain)).toBe(
      'hash █████████▌░░░░░░░░░ 50/100  25/s  ETA 2.00s  4 running',
    );
  });

  it('never is wider than the terminal', () => {
    const facts = fc.record({
      label: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }),
      done: fc.nat(1_000_000),
      total: fc.nat(1_000_000),
      perSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
      notes: fc.array(fc.string({ maxLength: 12, unit: 'grapheme-ascii' }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(facts, fc.integer({ min: 1, max: 200 }), (each, width) => {
        expect(textWidth(progressLine(each, width, styleOf(true)))).toBeLessThan(Math.max(2, width));
      }),
    );
  });
});
