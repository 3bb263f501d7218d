import { isKernelError } from '@tksm/abstractions';
import type { Command } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { orderBatch } from './batch-order.ts';

const batch = (needs: readonly (readonly number[])[]): Command[] =>
  needs.map((of, n) => ({ kind: 'k', name: `n${n}`, dependsOn: of.map((need) => ({ name: `n${need}` })) }));

const graphs = fc.nat({ max: 12 }).chain((size) =>
  fc.array(fc.uniqueArray(fc.nat({ max: Math.max(0, size - 1) }), { maxLength: 3 }), {
    minLength: size,
    maxLength: size,
  }),
);

it('puts every dependency before its dependents, or names a cycle that is there', () => {
  fc.assert(
    fc.property(graphs, (needs) => {
      try {
        const { order } = orderBatch(batch(needs));
        expect([...order].sort((a, b) => a - b)).toEqual(needs.map((_, n) => n));
        for (const [n, of] of needs.entries()) {
          for (const need of of) expect(order.indexOf(need)).toBeLessThan(order.indexOf(n));
        }
      } catch (error) {
        if (!isKernelError(error, 'DependencyCycle')) throw error;
        const cycle = (error.data.cycle as string[]).map((name) => Number(name.slice(1)));
        expect(cycle.at(0)).toBe(cycle.at(-1));
        for (let at = 0; at + 1 < cycle.length; at++) expect(needs[cycle[at] ?? -1]).toContain(cycle[at + 1]);
        expect(cycle.length).toBeGreaterThan(1);
      }
    }),
  );
});

it('orders a chain as long as a batch without running out of stack', () => {
  const chain = batch(Array.from({ length: 50_000 }, (_, n) => (n === 49_999 ? [] : [n + 1])));
  expect(orderBatch(chain).order[0]).toBe(49_999);
});

it('leaves dependencies by id alone', () => {
  expect(orderBatch([{ kind: 'k', dependsOn: ['0'.repeat(32) as never] }]).order).toEqual([0]);
});
