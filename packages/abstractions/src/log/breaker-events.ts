import type { BreakerName } from '../failure/breaker.ts';
import type { HandleId, Instant } from '../runtime/ids.ts';

/** A breaker holds its jobs back from here on. */
export interface BreakerOpened {
  readonly type: 'breaker.opened';
  readonly v: 1;
  readonly breaker: BreakerName;
  /** When it lets probes through; absent: when an operator closes it. */
  readonly until?: Instant;
  readonly reason: string;
  /** Present when an operator did it. */
  readonly by?: HandleId;
}

/** A breaker lets a few jobs through, to see how they fare. */
export interface BreakerHalfOpened {
  readonly type: 'breaker.half-opened';
  readonly v: 1;
  readonly breaker: BreakerName;
  /** How many. */
  readonly probes: number;
}

/** A breaker holds nothing back any more. */
export interface BreakerClosed {
  readonly type: 'breaker.closed';
  readonly v: 1;
  readonly breaker: BreakerName;
  readonly reason: string;
  /** Present when an operator did it. */
  readonly by?: HandleId;
}

export type BreakerEvent = BreakerOpened | BreakerHalfOpened | BreakerClosed;
