import { rateOf } from '../settings/rate.ts';
import type { Rate } from '../settings/rate.ts';
import type { Setting } from '../settings/setting.ts';

/** How often jobs of a kind may begin, whatever the kind itself says. */
export const KIND_RATE: Setting<Rate | undefined> = {
  name: 'tksm.rate.kind.',
  summary: 'How often jobs of a kind may begin: { perSecond, burst }',
  fallback: undefined,
  parse: rateOf,
};
