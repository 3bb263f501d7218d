import type { Instant } from '../runtime/ids.ts';
import { canonicalHost, coversHost } from './host.ts';
import { isWithin, resourceFault } from './resource.ts';

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

/**
 * A use of a right, as caveats look at it. Who asks names everything that the effect touches: a caveat says nothing about
 * what is absent.
 */
export interface AskedUse {
  /** The host that is called, without a port; an IPv6 address in brackets. */
  readonly host?: string;
  /** The path, as a resource: resolved and decoded. */
  readonly path?: string;
  /** What is moved. */
  readonly amount?: bigint;
  /** Kind of the job or operation. */
  readonly kind?: string;
  readonly at: Instant;
}

/**
 * Whether caveats are at least as narrow as others: each that the parent has, the child has, too, and allows no more by
 * it. A child that is to inherit what it does not say is given as `{ ...parent, ...child }`. Both as `parseCaveats` gives
 * them.
 */
export function coversCaveats(parent: Caveats, child: Caveats): boolean {
  return (
    narrows(parent.expiresAt, child.expiresAt, isAtMost) &&
    narrows(parent.count, child.count, isAtMost) &&
    narrows(parent.rate, child.rate, isAtMostRate) &&
    narrows(parent.hosts, child.hosts, areHostsOf) &&
    narrows(parent.within, child.within, (top, path) => isWithin(path, top)) &&
    narrows(parent.amount, child.amount, (most, amount) => BigInt(amount) <= BigInt(most)) &&
    narrows(parent.kinds, child.kinds, (all, some) => some.every((kind) => all.includes(kind)))
  );
}

/**
 * The first caveat that refuses a use, or undefined: `expiresAt`, `hosts`, `within`, `amount`, `kinds`. Whoever keeps the
 * counts judges `count` and `rate`. What cannot be compared is refused: a host that is none, a path with `..`, NaN.
 */
export function refusingCaveat(caveats: Caveats, asked: AskedUse): keyof Caveats | undefined {
  const { expiresAt, hosts, within, amount, kinds } = caveats;
  // In each: what has to hold, negated, so that what compares with nothing is refused.
  if (expiresAt !== undefined && !(asked.at < expiresAt)) return 'expiresAt';
  if (hosts !== undefined && asked.host !== undefined && !isHostOf(hosts, asked.host)) return 'hosts';
  if (within !== undefined && asked.path !== undefined && !isPathIn(within, asked.path)) return 'within';
  if (amount !== undefined && asked.amount !== undefined && !isUpTo(amount, asked.amount)) return 'amount';
  if (kinds !== undefined && asked.kind !== undefined && !kinds.includes(asked.kind)) return 'kinds';
  return undefined;
}

function narrows<T>(
  parent: T | undefined,
  child: T | undefined,
  covers: (parent: T, child: T) => boolean,
): boolean {
  return parent === undefined || (child !== undefined && covers(parent, child));
}

function isAtMost(most: number, value: number): boolean {
  return value <= most;
}

/** Neither more at once nor faster in the long run. The products are exact within `CAVEAT_LIMITS`. */
function isAtMostRate(most: RateCaveat, rate: RateCaveat): boolean {
  return rate.limit <= most.limit && rate.limit * most.periodMs <= most.limit * rate.periodMs;
}

function areHostsOf(granted: readonly string[], narrower: readonly string[]): boolean {
  return narrower.every((host) => granted.some((one) => coversHost(one, host)));
}

function isHostOf(granted: readonly string[], asked: string): boolean {
  const host = canonicalHost(asked);
  return host !== undefined && granted.some((one) => coversHost(one, host));
}

function isPathIn(top: string, asked: string): boolean {
  return resourceFault(asked) === undefined && isWithin(asked, top);
}

function isUpTo(most: string, amount: bigint): boolean {
  return amount >= 0n && amount <= BigInt(most);
}
