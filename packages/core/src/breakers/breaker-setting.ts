import type { BreakerName } from '@tksm/abstractions';
import { fieldsOf, numberIn } from '../settings/setting.ts';
import type { Setting } from '../settings/setting.ts';
import type { Settings } from '../settings/settings.ts';
import { LONGEST_WINDOW_MS, MAX_FAILURES, parseBreakerName } from '../state/breaker-table.ts';

/** When a breaker opens, and how it closes again. */
export interface BreakerSetting {
  /** It opens when so many attempts in a row of failures failed … */
  readonly failures: number;
  /** … within this time … */
  readonly windowMs: number;
  /** … and were at least this share of the attempts since the first of them. */
  readonly share: number;
  /** How long it stays open the first time; twice as long with each failure of a probe. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
  /** Jobs that are let through, and must all succeed, before it closes. */
  readonly probes: number;
}

/** What holds for a resource that has no setting of its own, and for what a setting leaves out. */
const DEFAULT_BREAKER: BreakerSetting = Object.freeze({
  failures: 5,
  windowMs: 60_000,
  share: 0.5,
  delayMs: 30_000,
  maxDelayMs: 600_000,
  probes: 1,
});

const LONGEST_DELAY_MS = 86_400_000;
const MOST_PROBES = 100;

/** The breakers of kinds and resources; `false` is none. */
export const BREAKER: Setting<BreakerSetting | false | undefined> = {
  name: 'tksm.breaker.',
  summary:
    'When jobs are held back: under kind.NAME, resource.NAME, kind.* or resource.*; ' +
    '{ failures, windowMs, share, delayMs, maxDelayMs, probes }, or false for never',
  fallback: undefined,
  isKey: (key) => /^(kind|resource)\../.test(key),
  parse(value) {
    if (value === false) return false;
    const fields = fieldsOf(value, Object.keys(DEFAULT_BREAKER));
    const { failures, windowMs, share, delayMs, maxDelayMs, probes } = DEFAULT_BREAKER;
    const delay = numberIn(fields, 'delayMs', { least: 1, most: LONGEST_DELAY_MS, fallback: delayMs });
    return {
      failures: numberIn(fields, 'failures', { least: 1, most: MAX_FAILURES, fallback: failures }),
      windowMs: numberIn(fields, 'windowMs', { least: 1, most: LONGEST_WINDOW_MS, fallback: windowMs }),
      share: numberIn(fields, 'share', { least: 0, most: 1, fallback: share, whole: false }),
      delayMs: delay,
      maxDelayMs: numberIn(fields, 'maxDelayMs', {
        ...{ least: delay, most: LONGEST_DELAY_MS, fallback: Math.max(delay, maxDelayMs) },
      }),
      probes: numberIn(fields, 'probes', { least: 1, most: MOST_PROBES, fallback: probes }),
    };
  },
};

/**
 * How a breaker behaves; undefined: it never opens by itself. A resource has one unless a setting says otherwise, because it
 * was named for that; a kind only when a setting gives it one, because its jobs may have nothing else in common.
 */
export function breakerSetting(settings: Settings, name: BreakerName): BreakerSetting | undefined {
  const all = settings.all(BREAKER);
  const [family] = parseBreakerName(name);
  const found = all.get(name) ?? all.get(`${family}.*`);
  if (found !== undefined) return found === false ? undefined : found;
  return family === 'resource' ? DEFAULT_BREAKER : undefined;
}
