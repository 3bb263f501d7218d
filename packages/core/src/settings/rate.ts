import type { StoredValue } from '@tksm/abstractions';
import { fieldsOf, numberIn } from './setting.ts';

/** How often something may begin: a token bucket of `burst` tokens that gets `perSecond` new ones. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const LEAST_PER_SECOND = 1 / 86_400;
const MOST = 1_000_000;

/** A rate as a setting or a kind says it; a burst that is not said is 1. @throws KernelError `InvalidInput` */
export function rateOf(value: StoredValue): Rate {
  const fields = fieldsOf(value, ['perSecond', 'burst']);
  return {
    perSecond: numberIn(fields, 'perSecond', { least: LEAST_PER_SECOND, most: MOST, whole: false }),
    burst: numberIn(fields, 'burst', { least: 1, most: MOST, fallback: 1 }),
  };
}

/** A rate in words. */
export function rateText(what: string, { perSecond, burst }: Rate): string {
  return `${what} may begin ${perSecond} jobs a second, ${burst} at once`;
}
