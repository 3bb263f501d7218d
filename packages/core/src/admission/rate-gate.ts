import type { Instant } from '@tksm/abstractions';
import type { Gate } from '../scheduler/gates/gate.ts';
import { rateText } from '../settings/rate.ts';
import type { Rate } from '../settings/rate.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { afterOne, tokenAt, tokensIn } from './token-bucket.ts';

/** What is limited: the jobs of an origin, or those of a kind. */
export interface Rated {
  readonly family: 'origin' | 'kind';
  nameOf(job: JobState): string;
  rateOf(name: string): Rate | undefined;
}

export interface RateGateHome {
  readonly state: KernelState;
  /** Whether jobs are parked under a key. */
  holds(gate: Gate, key: string): boolean;
  /** There is a token for a key then. */
  expect(key: string, at: Instant): void;
}

/** Holds jobs back that would begin more often than their rate allows. What counts are the buckets of the state. */
export class RateGate implements Gate {
  readonly name: string;
  readonly #rated: Rated;
  readonly #home: RateGateHome;

  constructor(rated: Rated, home: RateGateHome) {
    this.name = `${rated.family} rate`;
    this.#rated = rated;
    this.#home = home;
  }

  keyOf(job: JobState): string | undefined {
    const name = this.#rated.nameOf(job);
    return this.#rated.rateOf(name) === undefined ? undefined : `${this.#rated.family}/${name}`;
  }

  room(key: string, now: Instant): number {
    const rate = this.#rateOf(key);
    return rate === undefined ? Number.POSITIVE_INFINITY : tokensIn(this.#fullAt(key), rate, now);
  }

  reason(key: string): string {
    return rateText(key, this.#rateOf(key) ?? { perSecond: 0, burst: 0 });
  }

  /** What the lease of a job takes, and what its bucket then is. */
  take(job: JobState, now: Instant): readonly [key: string, fullAt: Instant] | undefined {
    const key = this.keyOf(job);
    const rate = key === undefined ? undefined : this.#rateOf(key);
    return key === undefined || rate === undefined
      ? undefined
      : [key, afterOne(this.#fullAt(key), rate, now)];
  }

  leased(job: JobState): void {
    const key = this.keyOf(job);
    if (key !== undefined && this.#home.holds(this, key)) this.parked(key, job.lease?.startedAt ?? 0);
  }

  parked(key: string, now: Instant): void {
    const rate = this.#rateOf(key);
    if (rate !== undefined) this.#home.expect(key, tokenAt(this.#fullAt(key), rate, now));
  }

  #rateOf(key: string): Rate | undefined {
    return this.#rated.rateOf(key.slice(this.#rated.family.length + 1));
  }

  #fullAt(key: string): Instant | undefined {
    return this.#home.state.buckets.get(key)?.until;
  }
}
