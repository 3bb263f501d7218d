import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './log/planted-bug.ts';
import { HONEST_FAULTS, LYING_FAULTS } from './disk/fault.ts';
import { FAULT_CLASSES, FaultCounts } from './run/fault-counts.ts';
import { shrink } from './run/shrink.ts';
import { simulate } from './run/simulation.ts';
import type { RunReport } from './run/simulation.ts';
import { planOf } from './workload/plan.ts';
import type { Plan } from './workload/plan.ts';

/** From so many seeds on, a class of fault that never happened is an error. */
const LONG_RUN = 1_000;
/** What runs here, as of the start. */
const COMMIT = commit();
const USAGE = `pnpm simulate [--seeds N] [--first-seed S] [--minutes M] [--commands N] [--fault CLASS] [--bug BUG] [--keep-going]
classes: ${[...HONEST_FAULTS, ...LYING_FAULTS].join(', ')}
bugs, to see that they are caught: ${PLANTED_BUGS.join(', ')}`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    'first-seed': { type: 'string', default: '1' },
    minutes: { type: 'string' },
    commands: { type: 'string', default: '500' },
    fault: { type: 'string' },
    bug: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const [seeds, first, commands] = [values.seeds, values['first-seed'], values.commands].map(wholeNumber);
  const bug = PLANTED_BUGS.find((name) => name === values.bug);
  const faults: readonly string[] = [...HONEST_FAULTS, ...LYING_FAULTS];
  const unknownFault = values.fault !== undefined && !faults.includes(values.fault);
  if (seeds === undefined || first === undefined || !commands || unknownFault || (values.bug && !bug)) {
    console.error(USAGE);
    return 2;
  }
  const until = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;
  const totals = { seeds: 0, commands: 0, events: 0, incarnations: 0, diskCalls: 0, failed: 0 };
  const counts = new FaultCounts();
  let checksum = '';
  let isInterrupted = false;
  process.once('SIGINT', () => (isInterrupted = true));
  const began = performance.now();
  for (let seed = first; seed < first + seeds && Date.now() < until && !isInterrupted; seed++) {
    const plan = planOf({ seed, commands, ...(values.fault !== undefined && { fault: values.fault }) });
    const report = await simulate(plan, bug);
    counts.merge(report.counts);
    checksum = report.checksum;
    totals.seeds += 1;
    totals.commands += report.commands;
    totals.events += report.events;
    totals.incarnations += report.incarnations;
    totals.diskCalls += report.diskCalls;
    if (report.violation === undefined) continue;
    totals.failed += 1;
    await tell(plan, report);
    if (!values['keep-going']) break;
  }
  const seconds = Math.round(performance.now() - began) / 1_000;
  console.table({ ...totals, seconds });
  console.log(`checksum of the last trace ${checksum}`);
  console.table(
    Object.fromEntries([...FAULT_CLASSES, 'undetectable-lie'].map((name) => [name, counts.of(name)])),
  );
  const missing = totals.seeds >= LONG_RUN && values.fault === undefined ? counts.missing() : [];
  if (missing.length > 0) console.error(`never happened in ${totals.seeds} seeds: ${missing.join(', ')}`);
  return totals.failed > 0 || missing.length > 0 ? 1 : 0;
}

async function tell(plan: Plan, report: RunReport): Promise<void> {
  console.error(`seed ${plan.seed} at act ${report.at}: ${report.violation?.message ?? ''}`);
  console.error(`to replay: seed ${plan.seed} commit ${COMMIT}`);
  console.error(`  pnpm simulate ${again(plan.seed)}`);
  const bug = PLANTED_BUGS.find((name) => name === values.bug);
  const small = await shrink(plan, report, bug);
  console.error(
    `shrunk from ${plan.acts.length} acts to ${small.plan.acts.length}: ${small.report.violation?.message ?? ''}`,
  );
  for (const act of small.plan.acts) console.error(`  ${JSON.stringify(act)}`);
}

/** The options that give a seed the same plan. */
function again(seed: number): string {
  const others = (['commands', 'fault', 'bug'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name} ${values[name]}`],
  );
  return ['--seeds 1', `--first-seed ${seed}`, ...others].join(' ');
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}
