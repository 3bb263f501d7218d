// What a kernel has besides jobs and variables. A seed draws a few of them: its operator then gives their commands, and its jobs
// have their options.

import type { JobOptions, StoredObject, StoredValue } from '@tksm/abstractions';
import type { OperateAct } from './act.ts';
import { scheduling, supervising } from './long-lived.ts';
import { operate } from './operate.ts';
import type { Dice } from './dice.ts';

interface Use {
  operate?(dice: Dice): OperateAct;
  options?(dice: Dice): JobOptions;
}

/** So many features has a seed, at most. */
const MOST_FEATURES = 4;
/** Share of the jobs of a seed that have the options of its features. */
const WITH_OPTIONS = 0.5;

const KINDS = ['echo', 'flaky', 'nap', 'stuck', 'steps', 'thrower'] as const;
const POOLS = ['shell', 'mail', 'default'] as const;
const ORIGINS = ['ada', 'bob', 'eve'] as const;
const RESOURCES = ['payments', 'disk'] as const;

const USES = {
  breakers: {
    operate: (dice) => dice.one([settingOfBreaker, settingOfBreaker, breakerSet])(dice),
    options: (dice) => ({ resources: [dice.one(RESOURCES)] }),
  },
  ladder: {
    operate: (dice) =>
      dice.chance(0.5)
        ? setting(dice, `ladder.${dice.one([...KINDS, '*'])}`, {
            ...{ trips: 1 + dice.below(3), calmMs: 1_000 + dice.below(60_000) },
            highest: dice.one(['demoted', 'quarantined']),
          })
        : operate('ladder.set', {
            kind: dice.one(KINDS),
            rung: dice.one(['ground', 'demoted', 'quarantined']),
          }),
  },
  pools: {
    operate: (dice) =>
      dice.chance(0.7)
        ? setting(dice, `pool.${dice.one(POOLS)}`, { concurrency: 1 + dice.below(3), own: dice.chance(0.3) })
        : setting(dice, 'scheduler.concurrency', 1 + dice.below(5)),
    options: (dice) => ({ pool: dice.one(POOLS) }),
  },
  policies: {
    operate: (dice) =>
      setting(dice, 'scheduler.policy', dice.one(['fair', 'fifo', 'priority', 'round-robin', 'deadline'])),
    options: (dice) => ({ origin: dice.one(ORIGINS), priority: dice.below(10) }),
  },
  pauses: { operate: pausing },
  origins: {
    operate: (dice) => setting(dice, `origin.${dice.one([...ORIGINS, '*'])}`, anOrigin(dice)),
    options: (dice) => ({ origin: dice.one(ORIGINS) }),
  },
  rates: {
    operate: (dice) =>
      setting(dice, `rate.kind.${dice.one(KINDS)}`, {
        perSecond: dice.one([0.1, 1, 10]),
        burst: 1 + dice.below(3),
      }),
  },
  agents: { options: (dice) => ({ agent: dice.one(['smith', 'jones']) }) },
  trees: {
    operate: (dice) =>
      dice.chance(0.7)
        ? { ...operate('job.cancel', { tree: true }), job: dice.below(12) }
        : operate('job.redrive', { limit: 1 + dice.below(5) }),
  },
  schedules: { operate: scheduling },
  supervisors: { operate: supervising },
  workers: {},
  keys: {
    options: (dice) =>
      dice.chance(0.5)
        ? { dedupKey: dice.one(['k1', 'k2', 'k3']), dedupWindowMs: 1 + dice.below(60_000) }
        : { debounce: { key: dice.one(['d1', 'd2']), ms: 1 + dice.below(5_000) } },
  },
} as const satisfies Readonly<Record<string, Use>>;

export type Feature = keyof typeof USES;

const FEATURES = Object.keys(USES) as Feature[];

/** The features of a seed. */
export function featuresOf(dice: Dice): readonly Feature[] {
  const count = dice.below(MOST_FEATURES + 1);
  const left = [...FEATURES];
  return Array.from({ length: count }, () => left.splice(dice.below(left.length), 1)).flat();
}

/** What an operator does; undefined where no feature takes a command. */
export function anOperation(dice: Dice, features: readonly Feature[]): OperateAct | undefined {
  const uses: readonly Use[] = features.map((feature) => USES[feature]);
  return dice.any(uses.filter(({ operate }) => operate !== undefined))?.operate?.(dice);
}

export function featureOptions(dice: Dice, features: readonly Feature[]): JobOptions {
  const uses: readonly Use[] = features.map((feature) => USES[feature]);
  return Object.assign(
    {},
    ...uses.map((use) => (dice.chance(WITH_OPTIONS) ? use.options?.(dice) : {})),
  ) as JobOptions;
}

/** Sets a setting, or takes it away. */
function setting(dice: Dice, name: string, value: StoredValue): OperateAct {
  const variable = `tksm.${name}`;
  return dice.chance(0.25)
    ? operate('var.delete', { name: variable })
    : operate('var.set', { name: variable, value });
}

function settingOfBreaker(dice: Dice): OperateAct {
  const delayMs = 1_000 + dice.below(30_000);
  return setting(dice, `breaker.${aBreaker(dice)}`, {
    ...{ failures: 1 + dice.below(4), windowMs: dice.one([1_000, 60_000]), share: dice.one([0, 0.5, 1]) },
    ...{ delayMs, maxDelayMs: delayMs * 4, probes: 1 + dice.below(3) },
  });
}

function breakerSet(dice: Dice): OperateAct {
  const breaker = aBreaker(dice);
  if (dice.chance(0.4)) return operate('breaker.set', { breaker, phase: 'closed' });
  const forMs = dice.chance(0.5) ? { forMs: 1 + dice.below(60_000) } : {};
  return operate('breaker.set', { breaker, phase: 'open', ...forMs });
}

function aBreaker(dice: Dice): string {
  return dice.chance(0.7) ? `kind.${dice.one(KINDS)}` : `resource.${dice.one(RESOURCES)}`;
}

function pausing(dice: Dice): OperateAct {
  const verb = dice.one(['pause', 'resume']);
  if (dice.chance(0.4)) return operate(`kind.${verb}`, { kind: dice.one(KINDS) });
  if (dice.chance(0.4)) return operate(`pool.${verb}`, { pool: dice.one(POOLS) });
  return { ...operate(`job.${verb}`, {}), job: dice.below(12) };
}

function anOrigin(dice: Dice): StoredObject {
  return {
    ...(dice.chance(0.5) && { weight: 1 + dice.below(4) }),
    ...(dice.chance(0.3) && { queued: dice.below(6) }),
    ...(dice.chance(0.5) && { inFlight: 1 + dice.below(2) }),
    ...(dice.chance(0.3) && { rate: { perSecond: dice.one([0.2, 1, 5]), burst: 1 + dice.below(3) } }),
  };
}
