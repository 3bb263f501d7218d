import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './log/bug-names.ts';
import { HONEST_FAULTS, LYING_FAULTS } from './disk/fault.ts';
import { FAULT_CLASSES, FaultCounts } from './run/fault-counts.ts';
import { KERNEL_BUGS, plantInKernel } from './run/kernel-bugs.ts';
import type { SeedsReport, Totals } from './run/run-seeds.ts';
import { sideBySide } from './run/side-by-side.ts';

/** From so many seeds on, a class of fault that never happened is an error. */
const LONG_RUN = 1_000;
const FAULTS: readonly string[] = [...HONEST_FAULTS, ...LYING_FAULTS];
const USAGE = `pnpm simulate [--seeds N] [--first-seed S] [--minutes M] [--jobs J] [--commands N] [--fault CLASS] [--bug BUG]
  [--keep-going] [--no-shrink]
classes: ${FAULTS.join(', ')}
bugs, to see that they are caught: ${[...PLANTED_BUGS, ...KERNEL_BUGS].join(', ')}`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    'first-seed': { type: 'string', default: '1' },
    minutes: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    commands: { type: 'string', default: '500' },
    fault: { type: 'string' },
    bug: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    // Of a process that runs a share of the seeds.
    stride: { type: 'string', default: '1' },
    offset: { type: 'string' },
  },
});

if (values.help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const numbers = [values.seeds, values['first-seed'], values.commands, values.jobs, values.stride];
  const [seeds, first, commands, jobs, stride] = numbers.map(wholeNumber);
  const minutes = values.minutes === undefined ? Infinity : Number(values.minutes);
  const { fault, bug } = values;
  const logBug = PLANTED_BUGS.find((name) => name === bug);
  const kernelBug = KERNEL_BUGS.find((name) => name === bug);
  const isUnknown =
    (fault !== undefined && !FAULTS.includes(fault)) || (bug !== undefined && !logBug && !kernelBug);
  if (
    seeds === undefined ||
    first === undefined ||
    !commands ||
    !jobs ||
    !stride ||
    !(minutes > 0) ||
    isUnknown
  ) {
    console.error(USAGE);
    return 2;
  }
  const began = performance.now();
  const keepsGoing = values['keep-going'];
  if (jobs > 1) {
    const args = process.argv.slice(2);
    const reports = await sideBySide(fileURLToPath(import.meta.url), [...args, '--jobs', '1'], {
      ...{ jobs, first, keepsGoing },
    });
    return conclude(reports, performance.now() - began);
  }
  if (kernelBug !== undefined) plantInKernel(kernelBug);
  // Loaded only now: with the mistake in it.
  const { runSeeds } = await import('./run/run-seeds.ts');
  const offset = wholeNumber(values.offset) ?? 0;
  const report = await runSeeds({
    ...{ seeds: seeds - offset, first: first + offset, stride, commands, fault, bug: logBug },
    ...{ until: Date.now() + minutes * 60_000, keepsGoing, shrinks: !values['no-shrink'], replay },
  });
  if (process.send === undefined) return conclude([report], performance.now() - began);
  process.send(report);
  return 0;
}

function conclude(reports: readonly SeedsReport[], ms: number): number {
  const totals: Totals = { seeds: 0, commands: 0, events: 0, incarnations: 0, diskCalls: 0, failed: 0 };
  const counts = new FaultCounts();
  for (const report of reports) {
    for (const name of Object.keys(totals) as (keyof Totals)[]) totals[name] += report.totals[name];
    counts.merge(report.counts);
  }
  const fewestCommands = Math.min(...reports.map((report) => report.fewestCommands));
  console.table({ ...totals, fewestCommands, seconds: Math.round(ms) / 1_000 });
  console.log(`checksum of the last trace ${reports.map(({ checksum }) => checksum).join(' ')}`);
  console.table(
    Object.fromEntries([...FAULT_CLASSES, 'undetectable-lie'].map((name) => [name, counts.of(name)])),
  );
  const missing = totals.seeds >= LONG_RUN && values.fault === undefined ? counts.missing() : [];
  if (missing.length > 0) console.error(`never happened in ${totals.seeds} seeds: ${missing.join(', ')}`);
  return totals.failed > 0 || missing.length > 0 ? 1 : 0;
}

/** How to run a seed again: the commit, and the options that give it the same plan. */
function replay(seed: number): string {
  const others = (['commands', 'fault', 'bug'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name} ${values[name]}`],
  );
  const again = ['--seeds 1', `--first-seed ${seed}`, ...others].join(' ');
  return `to replay: seed ${seed} commit ${commit()}\n  pnpm simulate ${again}`;
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
