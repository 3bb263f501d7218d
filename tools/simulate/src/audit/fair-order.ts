// What the policy `fair` promises of the order of choice (ADR 0029), as bounds over the leases in the log. Of the jobs of one
// pool that are ready and that nothing holds back:
//
// 1. Ageing. A job is due when it has waited a minute for each step that its priority is below the highest. While none of a
//    band is due, a job is leased of it only when no other band has one that will be due earlier.
// 2. Turns of bands. While a band has a job that is due, every other band is leased one job at most: between two leases of the
//    waiting band, or since its job was due.
// 3. Turns. While an origin has such a job in a band, every other origin is leased at most as many jobs of that band as its
//    weight: between two leases of the waiting one, or since its job became ready.
//
// A restart, another setting, and a move of a breaker or on the ladder make the order anew: counting begins again there, which
// is one round more for each. Origins and bands with a job that something holds back, or that is past its deadline, are not
// counted: such a job uses up turns.

import type { AuditedJob } from './audited-job.ts';
import { isSystemJob } from './audited-job.ts';
import type { AuditedSettings } from './audited-settings.ts';
import { lastTouched, obstacleOf, readySince, wasDue } from './readiness.ts';
import type { KnownJobs } from './readiness.ts';
import { mustHold } from './violation.ts';

const STEP_OF_PRIORITY_MS = 60_000;
const HIGHEST_PRIORITY = 9;

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
  /** When the first of its band is due. */
  readonly first: number;
  readonly weight: number;
}

interface LeasedTurn {
  readonly origin: string;
  readonly position: number;
  readonly time: number;
}

export class FairOrder {
  readonly #home: OrderHome;
  /** Time of the last frame before the order was made anew. */
  #madeAt = 0;
  /** The largest weight of each origin since the start: a turn that has begun has as many jobs as it had then. */
  readonly #weights = new Map<string, number>();
  /** What was leased since then, by pool and band. */
  readonly #leases = new Map<string, LeasedTurn[]>();

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
    this.#leasesOf(pool, band).push({ origin: originOf(job), position: choice.position, time: choice.time });
    const others = [...jobs.waiting].filter((other) => other !== job && poolOf(other) === pool);
    let first = this.#dueAt(job);
    for (const other of others) if (bandOf(other) === band) first = Math.min(first, this.#dueAt(other));
    const view = { ...choice, jobs, first, weight: this.#weightOf(originOf(job)) };
    for (const other of others) {
      if (isSystemJob(other)) continue;
      if (bandOf(other) !== band) this.#checkAge(job, other, view);
      else if (originOf(other) !== originOf(job)) this.#checkTurn(job, other, view);
    }
  }

  #checkAge(job: AuditedJob, other: AuditedJob, view: View): void {
    const { jobs, first, what, time } = view;
    if (first <= time) {
      this.#checkBands(job, other, view);
      return;
    }
    const isPassedOver = this.#dueAt(other) < first && this.#competes(other, jobs, time);
    mustHold('fair-ageing', !isPassedOver, `${what}, before ${other.id} of an older band`);
  }

  #checkBands(job: AuditedJob, other: AuditedJob, { jobs, what, time }: View): void {
    const dueAt = this.#dueAt(other);
    if (dueAt > time) return;
    const { bandOf, poolOf } = this.#home;
    const [pool, band, waits] = [poolOf(job), bandOf(job), bandOf(other)];
    const since = lastTouched(other, jobs);
    const from = Math.max(since, this.#leasesOf(pool, waits).at(-1)?.position ?? 0);
    const leases = this.#leasesOf(pool, band);
    let taken = 0;
    for (let at = leases.length - 1; at >= 0; at--) {
      const lease = leases[at];
      if (lease === undefined || lease.position < from || lease.time < dueAt) break;
      taken += 1;
    }
    if (taken <= 1 || !this.#competes(other, jobs, time)) return;
    const isOfBand = (one: AuditedJob): boolean => poolOf(one) === pool && bandOf(one) === waits;
    if (this.#isDisturbed(isOfBand, since, { jobs, time })) return;
    mustHold(
      'fair-bands',
      false,
      `${what}, the ${taken}. of band ${band} while ${other.id} of ${waits} is due`,
    );
  }

  #dueAt(job: AuditedJob): number {
    return readySince(job) + (HIGHEST_PRIORITY - this.#home.bandOf(job)) * STEP_OF_PRIORITY_MS;
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
    const isOfOrigin = (one: AuditedJob): boolean => originOf(one) === waits;
    if (
      taken <= weight ||
      !this.#competes(other, jobs, time) ||
      this.#isDisturbed(isOfOrigin, since, { jobs, time })
    )
      return;
    mustHold('fair-turns', false, `${what}, the ${taken}. of ${origin} while ${other.id} of ${waits} waits`);
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

  /** Whether one of these jobs is, or was, held back by something. */
  #isDisturbed(
    concerns: (job: AuditedJob) => boolean,
    since: number,
    { jobs, time }: Pick<View, 'jobs' | 'time'>,
  ): boolean {
    for (const job of jobs.values()) {
      const { deadline = Number.POSITIVE_INFINITY } = job.spec;
      if (!concerns(job) || (this.#home.isFree(job) && time < deadline)) continue;
      if (job.settled === undefined || job.touched > since) return true;
    }
    return false;
  }

  #leasesOf(pool: string, band: number): LeasedTurn[] {
    const key = `${pool} ${band}`;
    const found = this.#leases.get(key) ?? [];
    this.#leases.set(key, found);
    return found;
  }
}

function originOf({ spec: { origin = '' } }: AuditedJob): string {
  return origin;
}
