import type { JobId } from '@tksm/abstractions';
import type { Gate } from '../scheduler/gates/gate.ts';
import type { JobState } from '../state/job-state.ts';

/** Holds the jobs of an origin back while as many of them hold a lease as its quota says. */
export class InFlightGate implements Gate {
  readonly name = 'origin in flight';
  readonly #quotaOf: (origin: string) => number | undefined;
  readonly #leased = new Map<string, Set<JobId>>();

  constructor(quotaOf: (origin: string) => number | undefined) {
    this.#quotaOf = quotaOf;
  }

  keyOf({ spec: { origin = '' } }: JobState): string | undefined {
    return this.#quotaOf(origin) === undefined ? undefined : origin;
  }

  room(origin: string): number {
    return (this.#quotaOf(origin) ?? Number.POSITIVE_INFINITY) - (this.#leased.get(origin)?.size ?? 0);
  }

  reason(origin: string): string {
    return `origin ${origin} runs at most ${this.#quotaOf(origin) ?? ''} jobs at the same time`;
  }

  leased(job: JobState): void {
    const origin = this.keyOf(job);
    if (origin === undefined) return;
    const leased = this.#leased.get(origin);
    if (leased === undefined) this.#leased.set(origin, new Set([job.id]));
    else leased.add(job.id);
  }

  freed({ id, spec: { origin = '' } }: JobState): void {
    const leased = this.#leased.get(origin);
    leased?.delete(id);
    if (leased?.size === 0) this.#leased.delete(origin);
  }
}
