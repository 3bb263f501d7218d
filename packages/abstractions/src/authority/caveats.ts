import type { Instant } from '../runtime/ids.ts';

/** How often: a bucket of `limit` uses that is full again after `periodMs`. */
export interface RateCaveat {
  readonly limit: number;
  readonly periodMs: number;
}

/** What narrows rights down. All of a handle and of those above it count. */
export interface Caveats {
  /** From then on nothing is allowed. */
  readonly expiresAt?: Instant;
  /** Most uses in all. */
  readonly count?: number;
  readonly rate?: RateCaveat;
  /** Hosts that may be called: names, or `*.name` for those below it. */
  readonly hosts?: readonly string[];
  /** Path that everything has to be in, by whole segments. */
  readonly within?: string;
  /** Most that one use may move: a whole number as decimal text. */
  readonly amount?: string;
  /** Kinds of the jobs and operations. */
  readonly kinds?: readonly string[];
}
