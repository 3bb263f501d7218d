import type { BreakerName, JobId } from '@tksm/abstractions';
import type { Gate } from '../scheduler/gates/gate.ts';
import { parseBreakerName } from '../state/breaker-table.ts';
import type { BreakerTable } from '../state/breaker-table.ts';
import type { JobState } from '../state/job-state.ts';

/** Holds the jobs of one breaker back for as long as it is not closed, but for its probes. */
export class BreakerGate implements Gate {
  readonly name: string;
  readonly #breaker: BreakerName;
  readonly #family: 'kind' | 'resource';
  readonly #what: string;
  readonly #breakers: BreakerTable;
  /** Probes that run. */
  readonly #probing = new Set<JobId>();

  constructor(breaker: BreakerName, breakers: BreakerTable) {
    this.name = `breaker ${breaker}`;
    this.#breaker = breaker;
    [this.#family, this.#what] = parseBreakerName(breaker);
    this.#breakers = breakers;
  }

  keyOf({ spec }: JobState): string | undefined {
    const concerns =
      this.#family === 'kind' ? spec.kind === this.#what : spec.resources?.includes(this.#what) === true;
    return concerns ? this.#breaker : undefined;
  }

  /** A probe that ended without a verdict has given its place back. */
  room(): number {
    const breaker = this.#breakers.get(this.#breaker);
    if (breaker?.phase !== 'half-open') return 0;
    return (breaker.probes ?? 1) - (breaker.passed ?? 0) - this.#probing.size;
  }

  reason(): string {
    const { phase, reason = 'it is probed' } = this.#breakers.get(this.#breaker) ?? {};
    return `breaker ${this.#breaker} is ${phase ?? 'closed'}: ${reason}`;
  }

  leased(job: JobState): void {
    const breaker = this.#breakers.get(this.#breaker);
    if (breaker?.phase !== 'half-open' || this.keyOf(job) === undefined) return;
    if (job.lease !== undefined && job.lease.startedAt >= breaker.since) this.#probing.add(job.id);
  }

  freed({ id }: JobState): void {
    this.#probing.delete(id);
  }

  /** A new phase began: what ran before is no probe of it. */
  begin(): void {
    this.#probing.clear();
  }
}
