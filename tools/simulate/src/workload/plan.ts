import { seededRandom } from '@tksm/drivers-memory';
import type { Command, JobOptions } from '@tksm/abstractions';
import { HONEST_FAULTS, LYING_FAULTS } from '../disk/fault.ts';
import type { DiskFaultKind } from '../disk/fault.ts';
import type { Act } from './act.ts';
import { isCommand } from './act.ts';

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
  readonly acts: readonly Act[];
}

/** Of so many seeds one lies: a disk that lies ends a run early. */
const SEEDS_PER_LIE = 4;

/** Everything that happens in the run of a seed. */
export function planOf(options: PlanOptions): Plan {
  const dice = new Dice(options.seed);
  const concurrency = 1 + dice.below(4);
  const lies = options.seed % SEEDS_PER_LIE === 0;
  const faults = faultsFor(options, lies);
  // A lie comes late in some runs and early in others, once.
  const lieAt = lies ? dice.below(options.commands) : Number.POSITIVE_INFINITY;
  const acts: Act[] = [];
  let [commands, lied] = [0, false];
  while (commands < options.commands) {
    if (!lied && commands >= lieAt) {
      lied = true;
      acts.push(...lie(dice, faults));
    }
    const act = anAct(dice, faults);
    if (isCommand(act)) commands += 1;
    acts.push(act);
  }
  return { seed: options.seed, concurrency, acts };
}

function faultsFor(
  { fault }: PlanOptions,
  lies: boolean,
): { readonly honest: DiskFaultKind[]; readonly lying: DiskFaultKind[] } {
  const wanted = (kind: string): boolean => fault === undefined || fault === kind;
  return { honest: HONEST_FAULTS.filter(wanted), lying: lies ? LYING_FAULTS.filter(wanted) : [] };
}

class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(`plan ${seed}`).next;
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  one<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  any<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }
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

function anAct(dice: Dice, { honest }: Faults): Act {
  const roll = dice.below(1_000);
  if (roll < 660) return aCommand(dice);
  if (roll < 780)
    return { act: 'advance', ms: dice.one([1, 10, 100, 1_000, 5_000, 30_000]) + dice.below(50) };
  if (roll < 900) return { act: 'settle' };
  if (roll < 910) return { act: 'check' };
  if (roll < 920)
    return { act: 'jump', ms: (dice.chance(0.5) ? 1 : -1) * dice.below(dice.one([100, 10_000, 3_600_000])) };
  if (roll < 924) return { act: 'drain' };
  if (roll < 928) return { act: 'restart' };
  const kind = dice.any(honest);
  if (kind === undefined || roll > 975) return { act: 'settle' };
  const [calls, chance] = [1 + dice.below(12), dice.below(2 ** 31)];
  return { act: 'fault', fault: { kind, afterCalls: dice.below(20), calls, chance } };
}

function aCommand(dice: Dice): Act {
  const roll = dice.below(100);
  const named = dice.chance(0.3);
  if (roll < 62) return anEnqueue(dice, named ? { id: `job-${dice.below(60)}` } : {});
  if (roll < 67)
    return { act: 'batch', size: dice.below(7), ...(named && { id: `batch-${dice.below(10)}` }) };
  if (roll < 80) {
    const id = named ? { id: `var-${dice.below(30)}` } : {};
    return {
      act: 'var',
      name: dice.one(['a', 'b', 'c']),
      value: dice.below(4),
      ifNew: dice.chance(0.3),
      ...id,
    };
  }
  const id = named ? { id: `op-${dice.below(30)}` } : {};
  return { act: dice.one(['cancel', 'retry']), job: dice.below(12), ...id };
}

function anEnqueue(dice: Dice, id: { readonly id?: string }): Act {
  const waitsFor = dice.chance(0.3) ? Array.from({ length: 1 + dice.below(2) }, () => dice.below(8)) : [];
  return {
    ...{ act: 'enqueue', command: { ...theWork(dice), ...theOptions(dice) }, waitsFor, ...id },
    ...(dice.chance(0.15) && { delay: dice.below(10_000) }),
    ...(dice.chance(0.15) && { deadlineIn: 1 + dice.below(60_000) }),
  };
}

function theWork(dice: Dice): Command {
  switch (dice.below(11)) {
    case 0:
    case 1:
      return { kind: 'echo', input: { text: 'x'.repeat(dice.one([1, 10, 100, 1_000])), n: dice.below(9) } };
    case 2:
      return { kind: 'nap', input: { ms: dice.below(20_000) } };
    case 3:
      return { kind: 'flaky', input: { times: dice.below(4) } };
    case 4:
    case 5:
      return { kind: dice.one(['broken', 'polite', 'stuck', 'thrower', 'deaf']) };
    case 6:
    case 7:
      return {
        kind: 'writer',
        input: { name: dice.one(['a', 'b']), value: dice.below(5), fails: dice.chance(0.3) },
      };
    case 8:
      return { kind: 'steps', input: { count: dice.below(5), failAt: dice.below(8), ms: dice.below(500) } };
    default: {
      const kind = dice.one(['echo', 'broken', 'flaky', 'nap', 'stuck']);
      const inputs = Array.from({ length: dice.below(4) }, () => ({ times: 1, ms: 300 }));
      return { kind: dice.one(['parent', 'leaver']), input: { kind, inputs } };
    }
  }
}

function theOptions(dice: Dice): JobOptions {
  const retry = { maxAttempts: 1 + dice.below(3), initialDelayMs: dice.below(5_000) };
  return {
    ...(dice.chance(0.2) && { priority: dice.below(10) }),
    ...(dice.chance(0.2) && { timeoutMs: 1 + dice.below(30_000) }),
    ...(dice.chance(0.2) && { dedupKey: dice.one(['k1', 'k2', 'k3']) }),
    ...(dice.chance(0.3) && { onDependencyFailure: dice.one(['cancel', 'run', 'hold'] as const) }),
    ...(dice.chance(0.3) && { retry }),
  };
}
