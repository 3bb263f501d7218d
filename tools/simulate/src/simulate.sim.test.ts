import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { KERNEL_BUGS } from './run/kernel-bugs.ts';
import type { PlantedBug } from './log/bug-names.ts';
import { shrink } from './run/shrink.ts';
import { simulate } from './run/simulation.ts';
import type { RunReport } from './run/simulation.ts';
import { planOf } from './workload/plan.ts';
import type { Plan } from './workload/plan.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
/** Generous: a run takes a fraction of a second on an idle machine. */
const TIMEOUT_MS = 240_000;

it(
  'keeps every invariant through the first seeds',
  async () => {
    for (let seed = 1; seed <= 12; seed++) {
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

it.each([
  ['ack-before-flush', 'power-loss'],
  ['cut-acknowledged-tail', 'bit-flip'],
  ['skip-chain-check', 'stale-frame'],
] as const)(
  'sees %s by %s',
  async (bug, fault) => {
    expect((await firstCaught(bug, fault)).report.violation?.rule).toBe('acknowledged-lost');
  },
  TIMEOUT_MS,
);

it.each(KERNEL_BUGS)(
  'sees %s in the kernel',
  async (bug) => {
    // From here on each of them is seen soon.
    const from = ['--first-seed', '5', '--seeds', '40'];
    const options = [...from, '--commands', '300', '--no-shrink', '--bug', bug];
    const failure: unknown = await run(process.execPath, [MAIN, ...options]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringMatching(/^seed \d+ at act/) as unknown });
  },
  TIMEOUT_MS,
);

it(
  'shrinks what breaks to a few acts that break the same rule',
  async () => {
    const bug = 'cut-acknowledged-tail';
    const { plan, report } = await firstCaught(bug, 'bit-flip');
    const small = await shrink(plan, report, bug);
    expect(small.report.violation?.rule).toBe(report.violation?.rule);
    expect(small.plan.acts.length).toBeLessThan(20);
  },
  TIMEOUT_MS,
);

/** The first run that loses what was acknowledged. Every fourth seed has a disk that lies. */
async function firstCaught(bug: PlantedBug, fault: string): Promise<{ plan: Plan; report: RunReport }> {
  for (let seed = 4; seed <= 400; seed += 4) {
    const plan = planOf({ seed, commands: 100, fault });
    const report = await simulate(plan, bug);
    if (report.violation?.rule === 'acknowledged-lost') return { plan, report };
  }
  throw new Error(`nothing was seen of ${bug}`);
}
