import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpiringTable } from './expiring-table.ts';

const acts = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    until: fc.nat(50),
    prune: fc.option(fc.nat(50)),
  }),
  { maxLength: 60 },
);

it('holds what a plain map would hold', () => {
  fc.assert(
    fc.property(acts, (all) => {
      const table = new ExpiringTable<{ readonly until: number }>();
      let model = new Map<string, number>();
      for (const { key, until, prune } of all) {
        if (prune !== null) {
          const over = [...model].filter(([, end]) => end <= prune).map(([name]) => name);
          expect([...table.prune(prune)].sort()).toEqual(over.sort());
          model = new Map([...model].filter(([, end]) => end > prune));
        }
        table.put(key, { until });
        model.set(key, until);
        expect(table.keys()).toEqual([...model.keys()].sort());
        expect(table.nextEnd).toBe(Math.min(...model.values()));
        expect(table.get(key)).toEqual({ until });
      }
    }),
  );
});
