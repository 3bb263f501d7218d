import type { JobId } from '@tksm/abstractions';
import type { JobState } from '../../state/job-state.ts';
import type { Gate } from './gate.ts';

/** Whose leased jobs are counted together, and how many of them there may be. */
export interface InFlightLimit {
  readonly name: string;
  keyOf(job: JobState): string;
  /** Undefined: as many as like. */
  limitOf(key: string): number | undefined;
  reason(key: string, limit: number): string;
}

/** Holds jobs back while as many with their key hold a lease as its limit says. */
export class InFlightGate implements Gate {
  readonly name: string;
  readonly #limit: InFlightLimit;
  readonly #leased = new Map<string, Set<JobId>>();

  constructor(limit: InFlightLimit) {
    this.name = limit.name;
    this.#limit = limit;
  }

  keyOf(job: JobState): string | undefined {
    const key = this.#limit.keyOf(job);
    return this.#limit.limitOf(key) === undefined ? undefined : key;
  }

  room(key: string): number {
    return (this.#limit.limitOf(key) ?? Number.POSITIVE_INFINITY) - (this.#leased.get(key)?.size ?? 0);
  }

  reason(key: string): string {
    return this.#limit.reason(key, this.#limit.limitOf(key) ?? 0);
  }

  leased(job: JobState): void {
    const key = this.keyOf(job);
    if (key === undefined) return;
    const leased = this.#leased.get(key);
    if (leased === undefined) this.#leased.set(key, new Set([job.id]));
    else leased.add(job.id);
  }

  freed(job: JobState): void {
    const key = this.#limit.keyOf(job);
    const leased = this.#leased.get(key);
    leased?.delete(job.id);
    if (leased?.size === 0) this.#leased.delete(key);
  }
}
