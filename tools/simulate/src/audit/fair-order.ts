// What the policy `fair` promises of the order of choice (ADR 0029), as bounds over the leases in the log. Of the jobs of one
// pool that are ready and that nothing holds back:
//
// 1. Ageing. A job is leased only of a band whose oldest job has the least `since − priority × 60 s` of all bands.
// 2. Turns. While an origin has such a job in a band, every other origin is leased at most as many jobs of that band as its
//    weight: between two leases of the waiting one, or since its job became ready.
//
// A restart, another setting, and a move of a breaker or on the ladder make the order anew: counting begins again there, which
// is one round more for each. Origins with a job that something holds back are not counted: such a job uses up turns.

import type { AuditedJob } from './audited-job.ts';
import { isSystemJob } from './audited-job.ts';
import type { AuditedSettings } from './audited-settings.ts';
import { lastTouched, obstacleOf, readySince, wasDue } from './readiness.ts';
import type { KnownJobs } from './readiness.ts';
import { mustHold } from './violation.ts';

const STEP_OF_PRIORITY_MS = 60_000;

/** The jobs of a zone, as far as the order of choice looks at them. */
export interface ChoosableJobs extends KnownJobs {
  /** Those that are open and hold no lease. */
  readonly waiting: ReadonlySet<AuditedJob>;
  values(): Iterable<AuditedJob>;
}

export interface OrderHome {
  readonly settings: AuditedSettings;
  /** The priority that counts. */
  bandOf(job: AuditedJob): number;
  poolOf(job: AuditedJob): string;
  /** Whether no quota, lane, pause, rung or breaker may hold a job back. */
  isFree(job: AuditedJob): boolean;
}

interface Choice {
  readonly what: string;
  readonly position: number;
  readonly time: number;
}

/** A choice, and what it is judged by. */
interface View extends Choice {
  readonly jobs: ChoosableJobs;
  /** The open jobs of its pool that it was chosen among. */
  readonly others: readonly AuditedJob[];
  readonly weight: number;
}

export class FairOrder {
  readonly #home: OrderHome;
  /** Time of the last frame before the order was made anew. */
  #madeAt = 0;
  /** The largest weight of each origin since the start: a turn that has begun has as many jobs as it had then. */
  readonly #weights = new Map<string, number>();
  /** Origins that were leased since then, by pool and band. */
  readonly #leases = new Map<string, { readonly origin: string; readonly position: number }[]>();

  constructor(home: OrderHome) {
    this.#home = home;
  }

  /** The order is made anew. `time`: of the frame before. With a restart it keeps nothing. */
  begin(time: number, isRestart: boolean): void {
    this.#madeAt = time;
    this.#leases.clear();
    if (isRestart) this.#weights.clear();
  }

  /** A job is about to be leased. */
  chosen(job: AuditedJob, jobs: ChoosableJobs, choice: Choice): void {
    const { settings, bandOf, poolOf } = this.#home;
    if ((settings.of('tksm.scheduler.policy') ?? 'fair') !== 'fair') return;
    const [pool, band] = [poolOf(job), bandOf(job)];
    this.#leasesOf(pool, band).push({ origin: originOf(job), position: choice.position });
    const others = [...jobs.waiting].filter((other) => other !== job && poolOf(other) === pool);
    const view = { ...choice, jobs, others, weight: this.#weightOf(originOf(job)) };
    for (const other of others) {
      if (isSystemJob(other)) continue;
      if (bandOf(other) !== band) this.#checkAge(job, other, view);
      else if (originOf(other) !== originOf(job)) this.#checkTurn(job, other, view);
    }
  }

  #checkAge(job: AuditedJob, other: AuditedJob, { jobs, others, what, time }: View): void {
    const { bandOf } = this.#home;
    const key = this.#keyOf(other);
    if (key >= this.#keyOf(job)) return;
    const band = bandOf(job);
    const isOlder = others.some((one) => bandOf(one) === band && this.#keyOf(one) <= key);
    const isPassedOver = !isOlder && this.#competes(other, jobs, time);
    mustHold('fair-ageing', !isPassedOver, `${what}, before ${other.id} of an older band`);
  }

  #checkTurn(job: AuditedJob, other: AuditedJob, { jobs, weight, what, time }: View): void {
    const { bandOf, poolOf } = this.#home;
    const [origin, waits] = [originOf(job), originOf(other)];
    const leases = this.#leasesOf(poolOf(job), bandOf(job));
    const since = lastTouched(other, jobs);
    let taken = 0;
    for (let at = leases.length - 1; at >= 0; at--) {
      const lease = leases[at];
      if (lease === undefined || lease.position < since || lease.origin === waits) break;
      if (lease.origin === origin) taken += 1;
    }
    if (taken <= weight || !this.#competes(other, jobs, time) || this.#isDisturbed(waits, since, jobs))
      return;
    mustHold('fair-turns', false, `${what}, the ${taken}. of ${origin} while ${other.id} of ${waits} waits`);
  }

  /** The oldest of a band stands for it: the band with the least of these goes first. */
  #keyOf(job: AuditedJob): number {
    return readySince(job) - this.#home.bandOf(job) * STEP_OF_PRIORITY_MS;
  }

  #weightOf(origin: string): number {
    const now = Number(this.#home.settings.ofOrigin(origin, 'weight') ?? 1);
    const weight = Math.max(this.#weights.get(origin) ?? 1, now);
    this.#weights.set(origin, weight);
    return weight;
  }

  /** Whether a job has been with the policy since it became ready, or since the order was made. */
  #competes(job: AuditedJob, jobs: ChoosableJobs, time: number): boolean {
    return wasDue(job, this.#madeAt) && this.#home.isFree(job) && obstacleOf(job, time, jobs) === undefined;
  }

  /** Whether an origin has, or had, a job that something may hold back. */
  #isDisturbed(origin: string, since: number, jobs: ChoosableJobs): boolean {
    for (const job of jobs.values()) {
      if (originOf(job) !== origin || this.#home.isFree(job)) continue;
      if (job.settled === undefined || job.touched > since) return true;
    }
    return false;
  }

  #leasesOf(pool: string, band: number): { readonly origin: string; readonly position: number }[] {
    const key = `${pool} ${band}`;
    const found = this.#leases.get(key) ?? [];
    this.#leases.set(key, found);
    return found;
  }
}

function originOf({ spec: { origin = '' } }: AuditedJob): string {
  return origin;
}
