import { KernelError } from '@tksm/abstractions';
import type { Instant, Position } from '@tksm/abstractions';
import { parseDuration } from '../program/duration.ts';

/** A point of a log: after so many events, or after all that happened until a time. */
export type Moment = { readonly position: Position } | { readonly time: Instant };

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d{1,3})?)?(Z|[+-]\d{2}:?\d{2}))?$/i;
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:?\d{2}/i;
const RELATIVE = /^(?:-(.+)|(.+?) +ago)$/;

/**
 * Reads what `--at` or another flag is given: a whole number is a position; `2026-11-21T06:00Z` and `…+01:00` are times, and a date is its
 * midnight in UTC; `-5m` and `5m ago` are times before now.
 *
 * @throws KernelError `UsageError`
 */
export function readMoment(text: string, now: Instant, flag = '--at'): Moment {
  if (/^\d{1,15}$/.test(text)) return { position: Number(text) };
  const [, minus, ago] = RELATIVE.exec(text) ?? [];
  const before = parseDuration(minus ?? ago ?? '');
  if (before !== undefined) return { time: Math.max(0, now - before) };
  const time = ISO.test(text) ? Date.parse(text.replace(',', '.').toUpperCase()) : Number.NaN;
  // Date.parse takes the 31st of February for the 3rd of March.
  if (Number.isFinite(time) && isRealDate(text)) return { time };
  const why = WITHOUT_ZONE.test(text) && !ISO.test(text) ? ': the time has no zone' : '';
  throw new KernelError('UsageError', `${flag} does not understand ${JSON.stringify(text)}${why}`, {
    next: 'give a position (100), a time with its zone (2026-11-21T06:00Z), a date (2026-11-21) or a time ago (-5m)',
  });
}

/** As `readMoment`, for flags that take a time only. @throws KernelError `UsageError` */
export function readTime(text: string, now: Instant, flag: string): Instant {
  const moment = readMoment(text, now, flag);
  if ('time' in moment) return moment.time;
  throw new KernelError('UsageError', `${flag} does not understand ${JSON.stringify(text)}`, {
    next: 'give a time with its zone (2026-11-21T06:00Z), a date (2026-11-21) or a time ago (-5m)',
  });
}

function isRealDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
