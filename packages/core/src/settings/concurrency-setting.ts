import type { Setting } from './setting.ts';
import { invalidSetting } from './setting.ts';

const MOST = 100_000;

/** Jobs that run at the same time in this process. What the kernel was opened with holds while it has no value. */
export const CONCURRENCY: Setting<number | undefined> = {
  name: 'tksm.scheduler.concurrency',
  summary: 'Jobs that run at the same time: a whole number',
  fallback: undefined,
  parse(value) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MOST) return value;
    throw invalidSetting(`a whole number from 1 to ${MOST} is expected`);
  },
};
