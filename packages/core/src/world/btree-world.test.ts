import { describeWorld } from '@tksm/conformance';
import { expect, it } from 'vitest';
import { BTreeWorld } from './btree-world.ts';

describeWorld({ name: 'BTreeWorld', create: () => new BTreeWorld() });

it('forks into a world of its own', () => {
  const world = new BTreeWorld();
  world.apply({ puts: [['a', 1]] }, 0);
  const fork = world.fork(1);
  world.apply({ puts: [['a', 2]] }, 1);
  fork.apply({ deletes: ['a'], puts: [['b', 1]] }, 5);
  expect([world.get('a')?.value, world.get('b')]).toEqual([2, undefined]);
  expect([fork.get('a'), fork.get('b')?.position, fork.position]).toEqual([undefined, 5, 6]);
});
