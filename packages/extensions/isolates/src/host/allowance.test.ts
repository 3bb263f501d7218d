import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Allowance } from './allowance.ts';

it('never allows more than the burst and the rate together, and allows that much', () => {
  const gaps = fc.array(fc.nat(300), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 50 }),
      (times, burst, rate) => {
        const allowance = new Allowance(burst, rate);
        let [now, taken] = [0, 0];
        for (const gap of times) {
          now += gap;
          if (allowance.take(now)) taken += 1;
          expect(taken).toBeLessThanOrEqual(burst + (now * rate) / 1_000 + 1e-6);
        }
        expect(taken).toBeGreaterThanOrEqual(Math.min(times.length, burst));
      },
    ),
  );
});
