import type { Gate } from '../scheduler/gates/gate.ts';
import type { JobState } from '../state/job-state.ts';

/** Holds the jobs of a kind back that is quarantined, or those that cannot be isolated of one that has to be. */
export class RungGate implements Gate {
  readonly name: string;
  readonly rung: 'isolated' | 'quarantined';
  readonly #kind: string;
  readonly #isIsolated: (job: JobState) => boolean;

  constructor(kind: string, rung: 'isolated' | 'quarantined', isIsolated: (job: JobState) => boolean) {
    this.name = `ladder ${kind}`;
    this.rung = rung;
    this.#kind = kind;
    this.#isIsolated = isIsolated;
  }

  keyOf(job: JobState): string | undefined {
    if (job.spec.kind !== this.#kind) return undefined;
    return this.rung === 'isolated' && this.#isIsolated(job) ? undefined : this.#kind;
  }

  room(): number {
    return 0;
  }

  reason(): string {
    return this.rung === 'quarantined'
      ? `kind ${this.#kind} is quarantined`
      : `kind ${this.#kind} has to run isolated, and it cannot`;
  }
}
