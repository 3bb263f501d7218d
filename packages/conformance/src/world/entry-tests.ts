import { describe, expect, it } from 'vitest';
import { HARD_KEYS } from './fixture.ts';
import type { WithWorld } from './fixture.ts';

export function entryTests(withWorld: WithWorld): void {
  describe('apply and get', () => {
    it(
      'begins empty, before the first event',
      withWorld((world, model) => {
        model.check(world);
        expect(world.get('missing')).toBeUndefined();
      }),
    );
    it(
      'counts versions per key and remembers the position of the last put',
      withWorld((world) => {
        world.apply({ puts: [['k', 'first']] }, 3);
        expect(world.get('k')).toEqual({ value: 'first', version: 1, position: 3 });
        world.apply({ puts: [['other', 1]] }, 4);
        world.apply({ puts: [['k', 'second']] }, 9);
        expect(world.get('k')).toEqual({ value: 'second', version: 2, position: 9 });
        expect(world.get('other')).toEqual({ value: 1, version: 1, position: 4 });
        expect(world.position).toBe(10);
      }),
    );
    it(
      'starts again at version 1 after a delete',
      withWorld((world) => {
        world.apply({ puts: [['k', 1]] }, 0);
        world.apply({ puts: [['k', 2]] }, 1);
        world.apply({ deletes: ['k'] }, 2);
        expect(world.get('k')).toBeUndefined();
        expect(world.size).toBe(0);
        world.apply({ puts: [['k', 3]] }, 3);
        expect(world.get('k')).toEqual({ value: 3, version: 1, position: 3 });
      }),
    );
    it(
      'takes puts and deletes together, and deletes of what is not there',
      withWorld((world, model) => {
        const first = { puts: [['a', 1] as const, ['b', 2] as const] };
        const second = { puts: [['c', 3] as const], deletes: ['a', 'never'] };
        for (const [position, rewrite] of [first, second, {}].entries()) {
          world.apply(rewrite, position);
          model.apply(rewrite, position);
          model.check(world);
        }
      }),
    );
    it(
      'keeps values that look like nothing',
      withWorld((world) => {
        const values = [null, false, 0, '', [], {}];
        world.apply({ puts: values.map((value, index) => [`k${index}`, value]) }, 0);
        values.forEach((value, index) => expect(world.get(`k${index}`)?.value).toEqual(value));
        expect(world.size).toBe(values.length);
      }),
    );
    it(
      'tells hard keys apart',
      withWorld((world, model) => {
        const rewrite = { puts: HARD_KEYS.map((key, index) => [key, index] as const) };
        world.apply(rewrite, 0);
        model.apply(rewrite, 0);
        model.check(world);
        expect(world.get('toString')).toBeUndefined();
      }),
    );
  });
}
