import type { StoredObject } from '@tksm/abstractions';
import type { OperateAct } from './act.ts';
import type { Dice } from './dice.ts';
import { operate } from './operate.ts';

/** Of a job that comes again and again. */
function aJob(dice: Dice): StoredObject {
  return dice.one<StoredObject>([
    { kind: 'echo', input: { text: 'again', n: 1 } },
    { kind: 'nap', input: { ms: dice.below(20_000) } },
    { kind: 'flaky', input: { times: dice.below(4) } },
    { kind: 'broken' },
    { kind: 'polite', timeoutMs: 5_000 },
  ]);
}

/** Sets, pauses, resumes or removes a schedule. */
export function scheduling(dice: Dice): OperateAct {
  const name = dice.one(['s1', 's2', 's3']);
  const verb = dice.one(['set', 'set', 'set', 'pause', 'resume', 'remove']);
  if (verb !== 'set') return operate(`schedule.${verb}`, { name });
  const rules = {
    ...(dice.chance(0.5) && { misfire: dice.one(['skip', 'once']) }),
    ...(dice.chance(0.3) && { misfire: 'all', misfireLimit: 1 + dice.below(5) }),
    ...(dice.chance(0.5) && { overlap: dice.one(['allow', 'skip', 'queue-one']) }),
    ...(dice.chance(0.3) && { limit: 1 + dice.below(6) }),
    ...(dice.chance(0.3) && { jitterMs: dice.below(5_000) }),
  };
  const base = { name, job: aJob(dice), ...rules };
  if (dice.chance(0.15)) return { ...operate('schedule.set', base), at: dice.below(60_000) };
  if (dice.chance(0.4)) {
    const cron = dice.one(['*/10 * * * * *', '0 * * * * *', '0 30 2 * * *', '0 0 * * * *']);
    return operate('schedule.set', {
      ...base,
      cron,
      zone: dice.one(['UTC', 'Europe/Berlin', 'America/New_York']),
    });
  }
  return operate('schedule.set', { ...base, everyMs: 5_000 + dice.below(60_000) });
}

/** Starts or stops a supervisor, or steers a child of one. */
export function supervising(dice: Dice): OperateAct {
  const supervisor = dice.one(['top', 'other']);
  const child = dice.one(['c0', 'c1', 'c2']);
  const roll = dice.below(10);
  if (roll >= 8) return operate('supervisor.stop', { supervisor });
  if (roll >= 6) return operate(`supervisor.child.${dice.one(['stop', 'restart'])}`, { supervisor, child });
  const children = Array.from({ length: 1 + dice.below(3) }, (_, n) => ({
    ...{ id: `c${n}`, restart: dice.one(['permanent', 'transient', 'temporary']) },
    ...aJob(dice),
  }));
  const strategy = dice.one(['one-for-one', 'one-for-all', 'rest-for-one']);
  const rest = { strategy, intensity: dice.below(4), periodMs: 1_000 + dice.below(60_000) };
  return operate('supervisor.start', { id: supervisor, ...rest, children });
}
