import type { Caveats, Instant } from '@tksm/abstractions';
import { durationText } from '../program/duration.ts';
import { relative } from '../terminal/times.ts';

/** Caveats in a few words. */
export function caveatsText(caveats: Caveats = {}, now: Instant): string {
  const { expiresAt, count, rate, hosts, within, amount, kinds } = caveats;
  const words = [
    expiresAt !== undefined && `${expiresAt > now ? 'expires' : 'expired'} ${relative(expiresAt, now)}`,
    count !== undefined && `${count} uses`,
    rate !== undefined && `${rate.limit} in ${durationText(rate.periodMs)}`,
    hosts !== undefined && `hosts ${hosts.join(' ')}`,
    within !== undefined && `within ${within}`,
    amount !== undefined && `up to ${amount}`,
    kinds !== undefined && `kinds ${kinds.join(' ')}`,
  ].filter((word) => word !== false);
  return words.length === 0 ? '-' : words.join(', ');
}
