import { expect, it } from 'vitest';
import { PLANTED_BUGS } from './log/planted-bug.ts';
import { shrink } from './run/shrink.ts';
import { simulate } from './run/simulation.ts';
import { planOf } from './workload/plan.ts';

/** Generous: a run takes a fraction of a second on an idle machine. */
const TIMEOUT_MS = 240_000;

it(
  'keeps every invariant through the first seeds',
  async () => {
    for (let seed = 1; seed <= 16; seed++) {
      const { violation } = await simulate(planOf({ seed, commands: 150 }));
      expect(violation, `seed ${seed}`).toBeUndefined();
    }
  },
  TIMEOUT_MS,
);

it(
  'runs a seed the same way twice, byte for byte',
  async () => {
    const [first, second] = [
      await simulate(planOf({ seed: 7, commands: 200 })),
      await simulate(planOf({ seed: 7, commands: 200 })),
    ];
    expect(second.checksum).toBe(first.checksum);
    expect(first.commands).toBeGreaterThanOrEqual(200);
    expect((await simulate(planOf({ seed: 8, commands: 200 }))).checksum).not.toBe(first.checksum);
  },
  TIMEOUT_MS,
);

it(
  'shrinks what breaks to a few acts',
  async () => {
    const [bug] = PLANTED_BUGS;
    const plan = planOf({ seed: 2, commands: 500 });
    const report = await simulate(plan, bug);
    expect(report.violation).toBeDefined();
    const small = await shrink(plan, report, bug);
    expect(small.report.violation?.rule).toBe(report.violation?.rule);
    expect(small.plan.acts.length).toBeLessThan(10);
  },
  TIMEOUT_MS,
);
