import type { HandleId, Instant } from '../runtime/ids.ts';

/**
 * What a kind whose breaker keeps tripping is up against, from mild to harsh. Ground: nothing. Demoted: its jobs go in the
 * lowest band. Isolated: they run in a worker of their own only. Quarantined: they are held back, and new ones refused.
 */
export const LADDER_RUNGS = ['ground', 'demoted', 'isolated', 'quarantined'] as const;
export type LadderRung = (typeof LADDER_RUNGS)[number];

/** Where a kind stands on the ladder. One on the ground whose breaker has not tripped lately has no record. */
export interface LadderRecord {
  readonly rung: LadderRung;
  /** When it came there; 0 when it was never anywhere but on the ground. */
  readonly since: Instant;
  /** Why it is not on the ground. */
  readonly reason?: string;
  /** The operator who put it there: it stays until an operator moves it, or it climbs. */
  readonly by?: HandleId;
  /** When its breaker tripped since then. */
  readonly trips: readonly Instant[];
}

export interface LadderView extends LadderRecord {
  readonly kind: string;
}

/** Reads of the ladder of a zone. */
export interface LadderReader {
  get(kind: string): LadderView | undefined;
  /** Kinds that are not on the ground, and those whose breakers tripped lately; by name. */
  list(): readonly LadderView[];
}
