import type { Instant } from '@tksm/abstractions';
import type { Rate } from '../settings/rate.ts';

/** Parts of a token that sums of fractions may be off by. */
const ROUNDING = 1e-6;

/**
 * A bucket of `burst` tokens that gets `perSecond` new ones, as one number: the moment at which it would be full again if
 * none were taken (undefined: it is full). In any time of `w` seconds at most `burst + perSecond × w` are taken.
 * Source: generic cell rate algorithm, ITU-T I.371.
 */
export function tokensIn(fullAt: Instant | undefined, { perSecond, burst }: Rate, now: Instant): number {
  const missing = (Math.max(0, (fullAt ?? 0) - now) * perSecond) / 1_000;
  return Math.floor(burst - missing + ROUNDING);
}

/** When the bucket would be full after one more token was taken. */
export function afterOne(fullAt: Instant | undefined, { perSecond }: Rate, now: Instant): Instant {
  return Math.max(fullAt ?? 0, now) + 1_000 / perSecond;
}

/** The first whole millisecond from `now` on at which there is a token: alarms ring by whole milliseconds. */
export function tokenAt(fullAt: Instant | undefined, rate: Rate, now: Instant): Instant {
  const { perSecond, burst } = rate;
  let at = Math.max(now, Math.ceil((fullAt ?? 0) - ((burst - 1) * 1_000) / perSecond - ROUNDING));
  // Fractions of a millisecond of this age are rounded: what is told here must hold there.
  while (tokensIn(fullAt, rate, at) < 1) at += 1;
  return at;
}
