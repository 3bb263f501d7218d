import type { PlantedBug } from '../log/bug-names.ts';
import { planOf } from '../workload/plan.ts';
import type { Plan } from '../workload/plan.ts';
import { FaultCounts } from './fault-counts.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulation.ts';
import type { RunReport } from './simulation.ts';

export interface SeedsOptions {
  readonly seeds: number;
  readonly first: number;
  /** From one seed to the next. */
  readonly stride: number;
  readonly commands: number;
  readonly fault?: string | undefined;
  readonly bug?: PlantedBug | undefined;
  readonly until: number;
  readonly keepsGoing: boolean;
  readonly shrinks: boolean;
  /** What runs here, and the options that give a seed the same plan. */
  replay(seed: number): string;
}

/** What many runs came to. */
export interface Totals {
  seeds: number;
  commands: number;
  events: number;
  incarnations: number;
  diskCalls: number;
  failed: number;
}

export interface SeedsReport {
  readonly totals: Totals;
  readonly counts: readonly (readonly [string, number])[];
  readonly checksum: string;
  /** Of the seed that gave the fewest. */
  readonly fewestCommands: number;
}

/** Runs one seed after the other, and tells of each that fails as it does. */
export async function runSeeds(options: SeedsOptions): Promise<SeedsReport> {
  const { seeds, first, stride, commands, fault, bug, until, keepsGoing } = options;
  const totals: Totals = { seeds: 0, commands: 0, events: 0, incarnations: 0, diskCalls: 0, failed: 0 };
  const counts = new FaultCounts();
  let checksum = '';
  let fewestCommands = Number.MAX_SAFE_INTEGER;
  let isInterrupted = false;
  process.once('SIGINT', () => (isInterrupted = true));
  for (let seed = first; seed < first + seeds && Date.now() < until && !isInterrupted; seed += stride) {
    const plan = planOf({ seed, commands, ...(fault !== undefined && { fault }) });
    const report = await simulate(plan, bug);
    counts.merge(report.counts.entries());
    checksum = report.checksum;
    fewestCommands = Math.min(fewestCommands, report.commands);
    totals.seeds += 1;
    for (const name of ['commands', 'events', 'incarnations', 'diskCalls'] as const)
      totals[name] += report[name];
    if (report.violation === undefined) continue;
    totals.failed += 1;
    await tell(plan, report, options);
    if (!keepsGoing) break;
  }
  return { totals, counts: [...counts.entries()], checksum, fewestCommands };
}

async function tell(plan: Plan, report: RunReport, { replay, shrinks, bug }: SeedsOptions): Promise<void> {
  console.error(`seed ${plan.seed} at act ${report.at}: ${report.violation?.message ?? ''}`);
  console.error(replay(plan.seed));
  if (!shrinks) return;
  const small = await shrink(plan, report, bug);
  console.error(
    `shrunk from ${plan.acts.length} acts to ${small.plan.acts.length}: ${small.report.violation?.message ?? ''}`,
  );
  for (const act of small.plan.acts) console.error(`  ${JSON.stringify(act)}`);
}
