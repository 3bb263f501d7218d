import { VAR_LAYERS } from '@tksm/abstractions';
import type { Command, JobOptions } from '@tksm/abstractions';
import type { CommandAct, VarAct } from './act.ts';
import type { Dice } from './dice.ts';
import { aRetry } from './retries.ts';
import { WORKER_WAYS } from './worker-ways.ts';
import { anOperation, featureOptions } from './features.ts';
import type { Feature } from './features.ts';

/** Of the commands with an id, so many in a hundred are one that was given before, word for word. */
const REPEATED = 60;
/** Share of commands that an operator gives, where a seed has features that take any. */
const OPERATIONS = 0.2;

/** Throws the commands of one run. Some have an id; those come again, and other commands come under their ids. */
export class CommandDice {
  readonly #dice: Dice;
  readonly #features: readonly Feature[];
  readonly #named: CommandAct[] = [];

  constructor(dice: Dice, features: readonly Feature[]) {
    this.#dice = dice;
    this.#features = features;
  }

  next(): CommandAct {
    const dice = this.#dice;
    const features = this.#features;
    const operation = dice.chance(OPERATIONS) ? anOperation(dice, features) : undefined;
    if (!dice.chance(0.3)) return operation ?? aCommand(dice, features);
    const before = dice.below(100) < REPEATED ? dice.any(this.#named) : undefined;
    if (before !== undefined) return before;
    const act = operation ?? aCommand(dice, features);
    const named = { ...act, id: `${act.act === 'batch' ? 'batch' : 'one'}-${dice.below(80)}` };
    this.#named.push(named);
    return named;
  }
}

function aCommand(dice: Dice, features: readonly Feature[]): CommandAct {
  const roll = dice.below(100);
  if (roll < 60) return anEnqueue(dice, features);
  if (roll < 65) return { act: 'batch', size: dice.chance(0.1) ? 30 : dice.below(7) };
  if (roll < 78) return aWrite(dice);
  if (roll < 86) return { act: 'send', job: dice.below(12), topic: dice.one(['a', 'b']) };
  return { act: dice.one(['cancel', 'retry']), job: dice.below(12) };
}

function aWrite(dice: Dice): VarAct {
  const operation = dice.one(['set', 'set', 'delete', 'apply'] as const);
  const first = dice.below(4);
  const count = operation === 'apply' ? 1 + dice.below(4) : 1;
  return {
    act: 'var',
    operation,
    layer: dice.chance(0.5) ? 'runtime' : dice.one(VAR_LAYERS),
    names: ['a', 'b', 'c', 'd', 'a', 'b', 'c'].slice(first, first + count),
    value: dice.below(4),
    expects: dice.one(['nothing', 'nothing', 'absent', 'current', 'stale']),
  };
}

function anEnqueue(dice: Dice, features: readonly Feature[]): CommandAct {
  const waitsFor = dice.chance(0.3) ? Array.from({ length: 1 + dice.below(2) }, () => dice.below(8)) : [];
  return {
    ...{
      act: 'enqueue',
      command: { ...theWork(dice, features), ...theOptions(dice), ...featureOptions(dice, features) },
      waitsFor,
    },
    ...(dice.chance(0.15) && { delay: dice.below(10_000) }),
    ...(dice.chance(0.15) && { deadlineIn: 1 + dice.below(60_000) }),
  };
}

function theWork(dice: Dice, features: readonly Feature[]): Command {
  if (features.includes('workers') && dice.chance(0.4))
    return { kind: 'remote', input: { ms: dice.below(8_000), way: dice.one(WORKER_WAYS) } };
  switch (dice.below(12)) {
    case 0:
    case 1:
      return { kind: 'echo', input: { text: 'x'.repeat(dice.one([1, 10, 100, 1_000])), n: dice.below(9) } };
    case 2:
      return { kind: 'nap', input: { ms: dice.below(20_000) } };
    case 3:
      return {
        kind: 'flaky',
        input: { times: dice.below(4), ...(dice.chance(0.3) && { again: dice.below(20_000) }) },
      };
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
    case 9:
      return {
        kind: 'waiter',
        input: { topic: dice.one(['a', 'b']), count: dice.below(4), ms: 1 + dice.below(20_000) },
      };
    default: {
      const kind = dice.one(['echo', 'broken', 'flaky', 'nap', 'stuck', 'parent']);
      const inputs = Array.from({ length: dice.below(4) }, () => ({
        ...{ times: 1, ms: 300 },
        ...(kind === 'parent' && { kind: 'flaky', inputs: [{ times: dice.below(4) }] }),
      }));
      return { kind: dice.one(['parent', 'leaver']), input: { kind, inputs } };
    }
  }
}

function theOptions(dice: Dice): JobOptions {
  return {
    ...(dice.chance(0.2) && { priority: dice.below(10) }),
    ...(dice.chance(0.2) && { timeoutMs: 1 + dice.below(30_000) }),
    ...(dice.chance(0.2) && { dedupKey: dice.one(['k1', 'k2', 'k3']) }),
    ...(dice.chance(0.3) && { onDependencyFailure: dice.one(['cancel', 'run', 'hold'] as const) }),
    ...(dice.chance(0.3) && { retry: aRetry(dice) }),
  };
}
