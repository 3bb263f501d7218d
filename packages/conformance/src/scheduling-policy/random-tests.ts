import type { ReadyJob } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import type { Dice } from '../dice.ts';
import { drain, readyJob } from './fixture.ts';
import type { NewPolicy } from './fixture.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const STEPS = 2_000;
const ORIGINS = ['', 'a', 'b', '__proto__', 'noisy'] as const;

/** A policy gives what it was given: everything, each job once, and nothing that was taken away. */
export function randomTests(create: NewPolicy): void {
  describe('any sequence of additions, removals and choices', () => {
    it.each(SEEDS)('gives each job that it holds once, and no other (seed %i)', (seed) => {
      const roll = dice(seed);
      const policy = create({ noisy: 3 });
      const held = new Set<ReadyJob>();
      const gone: ReadyJob[] = [];
      for (let step = 0; step < STEPS; step++) {
        // Fills and empties in waves: to the last job, too.
        const adds = (step >> 6) % 2 === 0 ? 6 : 3;
        const act = roll.below(10);
        if (act < adds) {
          const job = jobAt(step, roll, gone);
          policy.add(job);
          held.add(job);
        } else if (act === 9) {
          const job = oneOf(held, roll);
          if (job !== undefined) {
            expect(policy.remove(job)).toBe(true);
            gone.push(job);
            held.delete(job);
          }
          for (const past of gone.slice(-3)) expect(policy.remove(past)).toBe(false);
        } else {
          const job = policy.next(2_000 + step);
          expect(job === undefined).toBe(held.size === 0);
          if (job !== undefined) {
            expect(held.delete(job)).toBe(true);
            gone.push(job);
          }
        }
        expect(policy.size).toBe(held.size);
      }
      const rest = drain(policy);
      expect(new Set(rest)).toEqual(held);
      expect(rest.length).toBe(held.size);
      expect(policy.size).toBe(0);
    });
  });
}

/** A new job, mostly the youngest; or one that was there before and was held back meanwhile. */
function jobAt(step: number, roll: Dice, gone: ReadyJob[]): ReadyJob {
  const back = roll.below(8) === 0 ? gone.splice(roll.below(gone.length), 1)[0] : undefined;
  if (back !== undefined) return back;
  return readyJob(step, {
    priority: roll.below(10),
    origin: roll.oneOf(ORIGINS),
    since: 1_000 + step - (roll.below(10) === 0 ? roll.below(500) : 0),
    deadline: roll.below(3) === 0 ? 2_000 + roll.below(5_000) : undefined,
  });
}

function oneOf(held: ReadonlySet<ReadyJob>, roll: Dice): ReadyJob | undefined {
  return [...held][roll.below(held.size)];
}
