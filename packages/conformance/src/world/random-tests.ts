import type { Rewrite, StoredValue, WorldView } from '@tksm/abstractions';
import { describe, it } from 'vitest';
import { dice } from '../dice.ts';
import type { Dice } from '../dice.ts';
import { HARD_KEYS } from './fixture.ts';
import type { WithWorld } from './fixture.ts';
import type { WorldModel } from './world-model.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const STEPS = 300;
/** Snapshots held at once. */
const MAX_VIEWS = 5;

export function randomTests(withWorld: WithWorld): void {
  describe('any sequence of rewrites and snapshots', () => {
    it.each(SEEDS)('agrees with a model (seed %i)', (seed) =>
      withWorld((world, model) => {
        const roll = dice(seed);
        let position = 0;
        let views: (readonly [WorldView, WorldModel])[] = [];
        for (let step = 0; step < STEPS; step++) {
          position += 1 + roll.below(3);
          const rewrite = rewriteOf(roll);
          world.apply(rewrite, position);
          model.apply(rewrite, position);
          if (roll.below(8) === 0)
            views = [...views, [world.snapshot(), model.copy()] as const].slice(-MAX_VIEWS);
          if (roll.below(16) === 0) for (const [view, then] of views) then.check(view);
        }
        model.check(world);
        for (const [view, then] of views) then.check(view);
      })(),
    );
  });
}

/** Keys of one rewrite differ, as its contract says. */
function rewriteOf(roll: Dice): Rewrite {
  const keys = new Set(Array.from({ length: roll.below(6) }, () => keyOf(roll)));
  const puts: (readonly [string, StoredValue])[] = [];
  const deletes: string[] = [];
  for (const key of keys) {
    if (roll.below(3) === 0) deletes.push(key);
    else puts.push([key, roll.oneOf([null, true, 0, 1.5, 'text', ['list', 1], { nested: { deep: '😀' } }])]);
  }
  return roll.below(2) === 0 ? { puts, deletes } : { deletes, puts };
}

function keyOf(roll: Dice): string {
  return roll.below(2) === 0 ? roll.oneOf(HARD_KEYS) : `${roll.oneOf(HARD_KEYS)}${roll.below(30)}`;
}
