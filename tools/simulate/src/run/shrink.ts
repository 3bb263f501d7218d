import type { PlantedBug } from '../log/bug-names.ts';
import { isFault } from '../workload/act.ts';
import type { Act } from '../workload/act.ts';
import type { Plan } from '../workload/plan.ts';
import { simulate } from './simulation.ts';
import type { RunReport } from './simulation.ts';

/** Runs that a shrinking may take. */
const MAX_RUNS = 400;

interface Shrunk {
  readonly plan: Plan;
  readonly report: RunReport;
}

/** Leaves out retention, snapshots, faults and commands for as long as the same rule is broken. */
export async function shrink(plan: Plan, found: RunReport, bug?: PlantedBug): Promise<Shrunk> {
  let best: Shrunk = { plan: { ...plan, acts: plan.acts.slice(0, found.at + 1) }, report: found };
  let runs = 0;
  const breaks = async (candidate: Plan): Promise<boolean> => {
    if (runs >= MAX_RUNS) return false;
    runs += 1;
    const report = await simulate(candidate, bug);
    if (report.violation?.rule !== found.violation?.rule) return false;
    best = { plan: candidate, report };
    return true;
  };
  const without = (left: (act: Act, at: number) => boolean): Plan => ({
    ...best.plan,
    acts: best.plan.acts.filter((act, at) => !left(act, at)),
  });
  for (const setting of ['retention', 'snapshotEveryEvents'] as const) {
    const { [setting]: found, ...simpler } = best.plan;
    if (found !== undefined) await breaks(simpler);
  }
  if (best.plan.acts.some(isFault)) await breaks(without(isFault));
  for (let size = Math.ceil(best.plan.acts.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.plan.acts.length && runs < MAX_RUNS;) {
      if (!(await breaks(without((_act, at) => at >= from && at < from + size)))) from += size;
    }
  }
  return best;
}
