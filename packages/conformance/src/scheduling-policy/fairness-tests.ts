import type { ReadyJob, SchedulingPolicy } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { drain, readyJob } from './fixture.ts';
import type { NewPolicy, SchedulingPolicySuite } from './fixture.ts';

type Capabilities = NonNullable<SchedulingPolicySuite['capabilities']>;

const WEIGHTS: Readonly<Record<string, number>> = { a: 1, b: 2, c: 5, d: 1 };
const ORIGINS = Object.keys(WEIGHTS);
const EACH = 200;
const NOISE = 5_000;
const STEP_MS = 1_000;
/** Of priorities. Each may have a turn before. */
const BANDS = 10;

export function fairnessTests(create: NewPolicy, { fair, ageingMs }: Capabilities): void {
  const weightOf = (origin: string): number => (fair === 'weighted' ? (WEIGHTS[origin] ?? 1) : 1);

  describe.skipIf(fair === undefined)('fairness', () => {
    it('is never more than one round apart between origins that have work', () => {
      const policy = create(WEIGHTS);
      for (const job of mixed()) policy.add(job);
      expect(apart(drain(policy), weightOf)).toBeLessThanOrEqual(1);
    });

    it('goes on at most one round off when what is left is added anew, as after a restart', () => {
      const policy = create(WEIGHTS);
      for (const job of mixed()) policy.add(job);
      const before = Array.from({ length: EACH }, () => policy.next(0)).filter((job) => job !== undefined);
      const rest = drain(policy).sort((one, other) => one.sequence - other.sequence);
      const anew = create(WEIGHTS);
      for (const job of rest) anew.add(job);
      expect(apart([...before, ...drain(anew)], weightOf)).toBeLessThanOrEqual(2);
    });

    it('lets a quiet origin wait for one round, whatever the others have queued', () => {
      const policy = create(WEIGHTS);
      for (let n = 0; n < NOISE; n++) policy.add(readyJob(n, { origin: ORIGINS[n % ORIGINS.length] ?? '' }));
      for (let n = 0; n < 7; n++) policy.next(0);
      const quiet = readyJob(NOISE, { origin: 'quiet' });
      policy.add(quiet);
      const round = ORIGINS.reduce((sum, origin) => sum + weightOf(origin), 0);
      expect(drain(policy).indexOf(quiet)).toBeLessThanOrEqual(round);
    });
  });

  describe.skipIf(ageingMs === undefined)('ageing', () => {
    it.each(['same', 'other'])('starves none of the lowest priority, of the %s origin', (origin) => {
      const policy = create();
      const low = readyJob(0, { priority: 0, origin, since: 0 });
      policy.add(low);
      const waitedMs = msUntilGiven(policy, low, (ageingMs ?? 0) + 10 * STEP_MS);
      expect(waitedMs).toBeLessThanOrEqual((ageingMs ?? 0) + 2 * STEP_MS);
      expect(waitedMs).toBeGreaterThan(STEP_MS);
    });

    it.skipIf(fair === undefined).each([9, 5, 1, 0])(
      'lets a quiet origin of priority %i wait for that at most, whatever others have queued for long',
      (priority) => {
        const policy = create();
        const now = 3 * (ageingMs ?? 0);
        for (let n = 0; n < NOISE; n++) policy.add(readyJob(n, { origin: 'loud', since: n }));
        const quiet = readyJob(NOISE, { origin: 'quiet', priority, since: now });
        policy.add(quiet);
        const waited = ((9 - priority) * (ageingMs ?? 0)) / 9;
        expect(drain(policy, now + waited).indexOf(quiet)).toBeLessThanOrEqual(BANDS);
      },
    );
  });
}

/** Adds a job of the highest priority each second, and one more at first, until the other one is given. */
function msUntilGiven(policy: SchedulingPolicy, wanted: ReadyJob, mostMs: number): number {
  let sequence = 1;
  const fresh = (now: number): ReadyJob => readyJob(sequence++, { priority: 9, origin: 'same', since: now });
  policy.add(fresh(0));
  for (let now = 0; now < mostMs; now += STEP_MS) {
    policy.add(fresh(now));
    if (policy.next(now) === wanted) return now;
  }
  return Number.POSITIVE_INFINITY;
}

/** As many jobs of each origin, mixed. */
function mixed(): ReadyJob[] {
  const roll = dice(7);
  const left = ORIGINS.flatMap((origin) => Array.from({ length: EACH }, () => origin));
  const jobs: ReadyJob[] = [];
  while (left.length > 0) {
    const [origin = ''] = left.splice(roll.below(left.length), 1);
    jobs.push(readyJob(jobs.length, { origin }));
  }
  return jobs;
}

/** How many rounds two origins were apart at most, while both had work. */
function apart(given: readonly ReadyJob[], weightOf: (origin: string) => number): number {
  const left = new Map<string, number>();
  for (const { origin } of given) left.set(origin, (left.get(origin) ?? 0) + 1);
  const rounds = new Map([...left.keys()].map((origin) => [origin, 0]));
  let most = 0;
  for (const { origin } of given) {
    rounds.set(origin, (rounds.get(origin) ?? 0) + 1 / weightOf(origin));
    left.set(origin, (left.get(origin) ?? 0) - 1);
    if ([...left.values()].some((count) => count === 0)) return most;
    const all = [...rounds.values()];
    most = Math.max(most, Math.max(...all) - Math.min(...all) - Number.EPSILON * 1_000);
  }
  return most;
}
