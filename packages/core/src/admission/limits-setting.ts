import { fieldsOf, numberIn } from '../settings/setting.ts';
import type { Setting } from '../settings/setting.ts';

/** How much may be open in all. */
export interface Limits {
  /** Jobs from outside that are not settled. Default 5,000,000. */
  readonly queued: number;
  /** Jobs that jobs submitted, and that are not settled. Default 5,000,000. */
  readonly children: number;
  /** Dedup keys that are remembered beyond their jobs' ends. Default 1,000,000. */
  readonly windows: number;
}

const DEFAULTS: Limits = { queued: 5_000_000, children: 5_000_000, windows: 1_000_000 };
const MOST = 1_000_000_000;

export const LIMITS: Setting<Limits> = {
  name: 'tksm.scheduler.limits',
  summary: 'Bounds of what is open in all: { queued, children, windows }',
  fallback: DEFAULTS,
  parse(value) {
    const fields = fieldsOf(value, Object.keys(DEFAULTS));
    const bound = (field: keyof Limits): number =>
      numberIn(fields, field, { least: 0, most: MOST, fallback: DEFAULTS[field] });
    return { queued: bound('queued'), children: bound('children'), windows: bound('windows') };
  },
};
