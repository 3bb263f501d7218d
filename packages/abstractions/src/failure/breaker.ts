import type { HandleId, Instant } from '../runtime/ids.ts';

/** What a breaker guards: all jobs of a kind, or all that need a resource. As `kind.shell`, `resource.payments`. */
export type BreakerName = `kind.${string}` | `resource.${string}`;

/** Closed: jobs pass. Open: they are held back. Half-open: a few are let through to see how they fare. */
export type BreakerPhase = 'closed' | 'open' | 'half-open';

/** A failed attempt, as a breaker counts it. */
export interface BreakerFailure {
  readonly at: Instant;
  /** Attempts that succeeded after it and before the next one that failed. */
  readonly succeeded: number;
}

/** The facts of a breaker. One that is closed and has seen no failure lately has none. */
export interface BreakerRecord {
  readonly phase: BreakerPhase;
  /** When it took this phase on; 0 when it was never anything but closed. Attempts that began earlier do not count. */
  readonly since: Instant;
  /** When an open one lets probes through; absent: when an operator closes it. */
  readonly until?: Instant;
  /** Why it is not closed. */
  readonly reason?: string;
  /** The operator who set it. */
  readonly by?: HandleId;
  /** How often in a row it opened without having been closed: each time it stays open longer. */
  readonly trips: number;
  /** Half-open: how many jobs it lets through, and how many of them have succeeded. */
  readonly probes?: number;
  readonly passed?: number;
  /** The latest failures. */
  readonly failures: readonly BreakerFailure[];
}

export interface BreakerView extends BreakerRecord {
  readonly name: BreakerName;
}

/** Reads of the breakers of a zone. */
export interface BreakerReader {
  get(name: BreakerName): BreakerView | undefined;
  /** Those that are not closed, and those that saw failures lately; by name. */
  list(): readonly BreakerView[];
}
