import { HONEST_FAULTS, LYING_FAULTS } from '../disk/fault.ts';
import type { RetentionSettings } from '@tksm/core';
import type { DiskFaultKind } from '../disk/fault.ts';
import type { Act } from './act.ts';
import { isCommand } from './act.ts';
import { CommandDice } from './commands.ts';
import { Dice } from './dice.ts';
import { featuresOf } from './features.ts';
import type { Feature } from './features.ts';

export interface PlanOptions {
  readonly seed: number;
  /** Commands at least. */
  readonly commands: number;
  /** Only this class of disk fault. */
  readonly fault?: string;
}

export interface Plan {
  readonly seed: number;
  readonly concurrency: number;
  /** What its operator and its jobs use besides what all do. */
  readonly features: readonly Feature[];
  /** What leaves the state. Without it everything stays. */
  readonly retention?: RetentionSettings;
  /** Events between two snapshots. Without it every start replays everything. */
  readonly snapshotEveryEvents?: number;
  readonly acts: readonly Act[];
}

/** Of so many seeds one lies. */
const SEEDS_PER_LIE = 4;
/** Commands that follow a lie, at most. */
const AFTER_A_LIE = 60;
/** How far a wall clock is set, at most: from a correction to more than a year. */
const JUMPS_MS = [100, 10_000, 3_600_000, 400 * 86_400_000] as const;

/** Everything that happens in the run of a seed. */
export function planOf(options: PlanOptions): Plan {
  const dice = new Dice(`plan ${options.seed}`);
  const features = featuresOf(dice);
  const commandDice = new CommandDice(dice, features);
  const concurrency = 1 + dice.below(4);
  const retention = dice.chance(0.6) ? aRetention(dice) : undefined;
  const lies = options.seed % SEEDS_PER_LIE === 0;
  const snapshotEveryEvents = dice.chance(0.6) ? 20 + dice.below(200) : undefined;
  const faults = faultsFor(options, lies);
  // A lie comes once, and ends a run: it comes when all commands that were asked for have been given, and others follow it.
  const lieAt = lies ? options.commands : Number.POSITIVE_INFINITY;
  const asked = options.commands + (lies ? dice.below(AFTER_A_LIE) : 0);
  const acts: Act[] = [];
  let [commands, lied] = [0, false];
  while (commands < asked || (lies && !lied)) {
    if (!lied && commands >= lieAt) {
      lied = true;
      acts.push(...lie(dice, faults));
    }
    const act = dice.chance(0.66) ? commandDice.next() : anEvent(dice, faults);
    if (isCommand(act)) commands += 1;
    acts.push(act);
  }
  return {
    seed: options.seed,
    concurrency,
    features,
    acts,
    ...(retention && { retention }),
    ...(snapshotEveryEvents !== undefined && { snapshotEveryEvents }),
  };
}

/** Bounds so small that what is over leaves at once, and command ids become too old. */
function aRetention(dice: Dice): RetentionSettings {
  return {
    ...{ keep: dice.below(12), keepMs: dice.one([0, 5_000, 60_000]), keepAtMost: dice.below(30) },
    ...{ windowMs: dice.one([20_000, 7 * 86_400_000]), windowIds: dice.one([3, 30, 1_000_000]) },
  };
}

function faultsFor(
  { fault }: PlanOptions,
  lies: boolean,
): { readonly honest: DiskFaultKind[]; readonly lying: DiskFaultKind[] } {
  const wanted = (kind: string): boolean => fault === undefined || fault === kind;
  return { honest: HONEST_FAULTS.filter(wanted), lying: lies ? LYING_FAULTS.filter(wanted) : [] };
}

type Faults = ReturnType<typeof faultsFor>;

function lie(dice: Dice, { lying }: Faults): Act[] {
  const kind = dice.any(lying);
  if (kind === undefined) return [];
  const chance = dice.below(2 ** 31);
  const crash: Act = { act: 'crash', fault: { kind: 'power-loss', afterCalls: 0, calls: 0, chance } };
  if (kind === 'bit-flip' || kind === 'stale-frame') return [{ act: 'rot', kind, chance }, crash];
  const settle: Act[] = [{ act: 'settle' }, { act: 'advance', ms: dice.below(200) }];
  return [{ act: 'fault', fault: { kind, afterCalls: dice.below(5), calls: 0, chance } }, ...settle, crash];
}

/** Time goes on, the clock is set, somebody ends the process, the disk fails. */
function anEvent(dice: Dice, { honest }: Faults): Act {
  const roll = dice.below(340);
  if (roll < 120)
    return { act: 'advance', ms: dice.one([1, 10, 100, 1_000, 5_000, 30_000]) + dice.below(50) };
  if (roll < 240) return { act: 'settle' };
  if (roll < 247) return { act: 'check' };
  if (roll < 260) return { act: 'jump', ms: (dice.chance(0.5) ? 1 : -1) * dice.below(dice.one(JUMPS_MS)) };
  if (roll < 264) return { act: 'drain', graceMs: dice.one([0, 500, 20_000]) };
  if (roll < 268) return { act: 'restart' };
  const kind = dice.any(honest);
  if (kind === undefined || roll > 292) return { act: 'settle' };
  const [calls, chance] = [1 + dice.below(12), dice.below(2 ** 31)];
  return { act: 'fault', fault: { kind, afterCalls: dice.below(20), calls, chance } };
}
