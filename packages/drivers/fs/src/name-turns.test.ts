import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NameTurns } from './name-turns.ts';

describe('NameTurns', () => {
  it('lets work that shares a name happen one after the other, all of it, whatever fails', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }), fc.boolean())),
        async (works) => {
          const turns = new NameTurns();
          const busy = new Set<string>();
          const ended = works.map(([names, fails]) =>
            turns.take(names, async () => {
              const own = [...new Set(names)];
              expect(own.some((name) => busy.has(name))).toBe(false);
              for (const name of own) busy.add(name);
              await Promise.resolve();
              for (const name of own) busy.delete(name);
              if (fails) throw new Error('of the work');
              return 'done';
            }),
          );
          const results = await Promise.allSettled(ended);
          expect(results.map(({ status }) => status === 'rejected')).toEqual(works.map(([, fails]) => fails));
          for (const result of results)
            if (result.status === 'rejected') expect(result.reason).toEqual(new Error('of the work'));
        },
      ),
    ));
});
