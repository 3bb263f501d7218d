import type { WorldView } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import type { WithWorld } from './fixture.ts';
import type { WorldModel } from './world-model.ts';

export function snapshotTests(withWorld: WithWorld): void {
  describe('snapshot', () => {
    it(
      'stays as it was while the world goes on',
      withWorld((world, model) => {
        const kept: (readonly [WorldView, WorldModel])[] = [];
        for (let position = 0; position < 60; position++) {
          kept.push([world.snapshot(), model.copy()]);
          const rewrite = {
            puts: [[`k${position % 7}`, position] as const, [`n${position}`, null] as const],
            deletes: [`n${position - 5}`],
          };
          world.apply(rewrite, position);
          model.apply(rewrite, position);
        }
        for (const [view, then] of kept) then.check(view);
        model.check(world);
      }),
    );
    it(
      'may be scanned half before and half after a rewrite',
      withWorld((world) => {
        world.apply({ puts: Array.from({ length: 100 }, (_, index) => [`k${1000 + index}`, index]) }, 0);
        const scan = world.snapshot().scan();
        const seen: string[] = [];
        for (const [key] of scan) {
          seen.push(key);
          if (seen.length === 50) world.apply({ deletes: ['k1050', 'k1001'], puts: [['k1099x', 0]] }, 1);
        }
        expect(seen).toHaveLength(100);
        expect(world.size).toBe(99);
      }),
    );
    it(
      'costs no copy of the world',
      withWorld((world) => {
        world.apply({ puts: Array.from({ length: 20_000 }, (_, index) => [`k${index}`, index]) }, 0);
        // A copy each time would hold two thousand million entries.
        const views = Array.from({ length: 100_000 }, () => world.snapshot());
        expect(views.at(-1)?.size).toBe(20_000);
      }),
    );
  });
}
