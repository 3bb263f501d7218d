import { KernelError } from '../errors/kernel-error.ts';
import { kindName } from '../runtime/ids.ts';
import { toStored } from '../values/store.ts';
import type { StoredObject, StoredValue } from '../values/value.ts';
import type { Caveats, RateCaveat } from './caveats.ts';
import { canonicalHostPattern } from './host.ts';
import { resourceFault } from './resource.ts';

/** Bounds of caveats. Limit times period is a safe integer, so that rates are compared exactly. */
export const CAVEAT_LIMITS = Object.freeze({
  /** The last moment that a date can tell. */
  lastInstant: 8_640_000_000_000_000,
  maxCount: Number.MAX_SAFE_INTEGER,
  maxRate: 1_000_000,
  /** 100 days. */
  maxPeriodMs: 8_640_000_000,
  /** Hosts, and kinds. */
  maxEntries: 64,
  /** As many as 2^256 has. */
  maxDigits: 78,
});

const WHOLE = /^(?:0|[1-9][0-9]*)$/;

type Read<T> = (value: StoredValue, field: string) => T;

/** In the order of the canonical form. */
const READERS: { readonly [Name in keyof Caveats]-?: Read<NonNullable<Caveats[Name]>> } = {
  expiresAt: (value, field) => whole(value, field, 0, CAVEAT_LIMITS.lastInstant),
  count: (value, field) => whole(value, field, 1, CAVEAT_LIMITS.maxCount),
  rate,
  hosts: (value, field) =>
    list(value, field, canonicalHostPattern, 'names of hosts, or *.name, without ports'),
  within,
  amount,
  kinds: (value, field) => list(value, field, kindOf, 'names of kinds'),
};

/**
 * Reads caveats from data of any origin, in their canonical form: keys in one order, lists sorted and without repetitions,
 * hosts in lower case without a dot at the end. What is not known, or says nothing, is refused: nobody is to think that
 * it holds.
 *
 * - `expiresAt`: 0 to 8.64e15. `count`: at least 1. `rate`: 1 to 1,000,000 in 1 ms to 100 days.
 * - `hosts`: 1 to 64 names of ASCII letters, digits, `-` and `_` (others as `xn--…`), or addresses, IPv6 in brackets; no ports.
 *   `*.name` only where the name is no address. `kinds`: 1 to 64.
 * - `within`: a resource (see `parseRight`), without wildcards. `amount`: up to 78 digits, no sign, no leading zeros.
 *
 * @throws KernelError `InvalidInput` with `data.field`; `InvalidValue` for what is not data
 */
export function parseCaveats(value: unknown): Caveats {
  const given = toStored(value);
  if (!isObject(given)) throw invalid('caveats', 'is not an object');
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(READERS, key));
  if (unknown !== undefined) throw invalid(unknown.slice(0, 140).toWellFormed(), 'is not known');
  const caveats: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(READERS)) {
    const caveat = given[name];
    if (caveat !== undefined) caveats[name] = read(caveat, name);
  }
  return caveats as Caveats;
}

function rate(value: StoredValue, field: string): RateCaveat {
  if (!isObject(value)) throw invalid(field, 'is not an object');
  const { limit = null, periodMs = null, ...rest } = value;
  if (Object.keys(rest).length > 0) throw invalid(field, 'has more than limit and periodMs');
  return {
    limit: whole(limit, `${field}.limit`, 1, CAVEAT_LIMITS.maxRate),
    periodMs: whole(periodMs, `${field}.periodMs`, 1, CAVEAT_LIMITS.maxPeriodMs),
  };
}

function within(value: StoredValue, field: string): string {
  if (typeof value !== 'string') throw invalid(field, 'is not a text');
  const fault = resourceFault(value);
  if (fault !== undefined) throw invalid(field, fault);
  return value;
}

function amount(value: StoredValue, field: string): string {
  if (typeof value === 'string' && value.length <= CAVEAT_LIMITS.maxDigits && WHOLE.test(value)) return value;
  throw invalid(field, `is not a whole number of up to ${CAVEAT_LIMITS.maxDigits} digits, as text`);
}

function whole(value: StoredValue, field: string, least: number, most: number): number {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
  if (isWhole && value >= least && value <= most) return value;
  throw invalid(field, `is not a whole number from ${least} to ${most}`);
}

/** Texts, each in its canonical form. */
function list(
  value: StoredValue,
  field: string,
  canonical: (text: string) => string | undefined,
  what: string,
): readonly string[] {
  const rule = `is not a list of 1 to ${CAVEAT_LIMITS.maxEntries} ${what}`;
  if (!Array.isArray(value) || value.length === 0 || value.length > CAVEAT_LIMITS.maxEntries) {
    throw invalid(field, rule);
  }
  const texts = new Set<string>();
  for (const entry of value as readonly StoredValue[]) {
    const text = typeof entry === 'string' ? canonical(entry) : undefined;
    if (text === undefined) throw invalid(field, rule);
    texts.add(text);
  }
  return [...texts].toSorted();
}

function kindOf(text: string): string | undefined {
  try {
    return kindName(text);
  } catch {
    return undefined;
  }
}

function isObject(value: StoredValue): value is StoredObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function invalid(field: string, fault: string): KernelError {
  const next = 'correct the named caveat; what is meant to hold has to be understood';
  return new KernelError('InvalidInput', `the caveat ${JSON.stringify(field)} ${fault}`, {
    data: { field },
    next,
  });
}
