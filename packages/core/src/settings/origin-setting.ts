import { fieldsOf, numberIn } from './setting.ts';
import type { Setting } from './setting.ts';
import type { Settings } from './settings.ts';
import { rateOf } from './rate.ts';
import type { Rate } from './rate.ts';

/** What an origin is given. What is absent is unlimited; the weight is then 1. */
export interface OriginSetting {
  /** Its share among origins that have work, from 1 to 100. */
  readonly weight?: number;
  /** Jobs from outside that are not settled. */
  readonly queued?: number;
  /** Jobs that its jobs submitted, and that are not settled. */
  readonly children?: number;
  /** Jobs that run at the same time. */
  readonly inFlight?: number;
  /** How often one of its jobs may begin. */
  readonly rate?: Rate;
}

/** An origin takes as many turns in a row as its weight. */
const MOST_WEIGHT = 100;
const MOST = 1_000_000_000;
/** The origin whose values hold for every origin that has none of its own. */
const EVERY = '*';
const COUNTS = ['queued', 'children', 'inFlight'] as const;

export const ORIGIN: Setting<OriginSetting> = {
  name: 'tksm.origin.',
  summary:
    'Share and quotas of an origin, or of every one with *: { weight, queued, children, inFlight, rate }',
  fallback: {},
  parse(value) {
    const fields = fieldsOf(value, ['weight', ...COUNTS, 'rate']);
    const found: { -readonly [K in keyof OriginSetting]: OriginSetting[K] } = {};
    if (fields.weight !== undefined)
      found.weight = numberIn(fields, 'weight', { least: 1, most: MOST_WEIGHT });
    for (const field of COUNTS)
      if (fields[field] !== undefined) found[field] = numberIn(fields, field, { least: 0, most: MOST });
    if (fields.rate !== undefined) found.rate = rateOf(fields.rate);
    return found;
  },
};

/** The setting of an origin; field by field that of every origin where it says nothing itself. */
export function originSetting(settings: Settings, origin: string): OriginSetting {
  const all = settings.all(ORIGIN);
  if (all.size === 0) return ORIGIN.fallback;
  const every = all.get(EVERY);
  const own = all.get(origin);
  return own === undefined || every === undefined ? (own ?? every ?? ORIGIN.fallback) : { ...every, ...own };
}
