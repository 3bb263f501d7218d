import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DueQueue } from './due-queue.ts';

const due = (at: number, n: number) => ({ at, id: `job-${n}`, what: 'ready' as const });

it('gives entries back as a sort by time would', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
      const queue = new DueQueue();
      for (const [n, at] of times.entries()) queue.push(due(at, n));
      const popped: number[] = [];
      for (let next = queue.pop(100); next !== undefined; next = queue.pop(100)) popped.push(next.at);
      expect(popped).toEqual([...times].sort((a, b) => a - b));
      expect(queue.next).toBeUndefined();
    }),
  );
});

it('agrees with a model through pushes and pops', () => {
  const act = fc.record({ pop: fc.boolean(), at: fc.integer({ min: 0, max: 50 }) });
  fc.assert(
    fc.property(fc.array(act), (acts) => {
      const queue = new DueQueue();
      let model: number[] = [];
      for (const [n, { pop, at }] of acts.entries()) {
        if (pop) {
          const earliest = model[0];
          expect(queue.pop(at)?.at).toBe(earliest !== undefined && earliest <= at ? earliest : undefined);
          if (earliest !== undefined && earliest <= at) model = model.slice(1);
        } else {
          queue.push(due(at, n));
          model = [...model, at].sort((a, b) => a - b);
        }
        expect(queue.next).toBe(model[0]);
      }
    }),
  );
});
