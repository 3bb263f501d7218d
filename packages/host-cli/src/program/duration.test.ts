import { describe, expect, it } from 'vitest';
import { durationText, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it('reads units, sums of them, and bare seconds', () => {
    const texts = ['250ms', '30s', '5m', '1h30m', '2d', '1.5s', '7'];
    expect(texts.map(parseDuration)).toEqual([250, 30_000, 300_000, 5_400_000, 172_800_000, 1_500, 7_000]);
  });

  it('refuses anything else', () => {
    for (const text of ['', 's', '5 m', '-1s', '1w', '1e3', '5mm', 'soon'])
      expect(parseDuration(text)).toBeUndefined();
  });
});

it.each([0, 1, 250, 30_000, 5_400_000, 86_400_001])('writes %i ms so that it reads it back', (ms) => {
  expect(parseDuration(durationText(ms))).toBe(ms);
});
