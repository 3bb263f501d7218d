import type { PlantedBug } from '../log/planted-bug.ts';
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

/** Leaves out commands and faults for as long as the same rule is broken. */
export async function shrink(plan: Plan, found: RunReport, bug?: PlantedBug): Promise<Shrunk> {
  let best: Shrunk = { plan: { ...plan, acts: plan.acts.slice(0, found.at + 1) }, report: found };
  let runs = 0;
  const attempt = async (acts: readonly Act[]): Promise<boolean> => {
    if (runs >= MAX_RUNS || acts.length >= best.plan.acts.length) return false;
    runs += 1;
    const candidate = { ...plan, acts };
    const report = await simulate(candidate, bug);
    if (report.violation?.rule !== found.violation?.rule) return false;
    best = { plan: candidate, report };
    return true;
  };
  await attempt(best.plan.acts.filter((act) => !isFault(act)));
  for (let size = Math.ceil(best.plan.acts.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.plan.acts.length && runs < MAX_RUNS;) {
      const { acts } = best.plan;
      if (!(await attempt([...acts.slice(0, at), ...acts.slice(at + size)]))) at += size;
    }
  }
  return best;
}
