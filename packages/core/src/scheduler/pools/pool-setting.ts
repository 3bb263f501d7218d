import { fieldsOf, invalidSetting, numberIn } from '../../settings/setting.ts';
import type { Setting } from '../../settings/setting.ts';

/** What a pool is given. */
export interface PoolSetting {
  /** Its jobs that run at the same time. */
  readonly concurrency: number;
  /** Whether its slots are its own, beside those of the kernel; else it shares them with the other pools. */
  readonly own: boolean;
}

const MOST = 100_000;

export const POOL: Setting<PoolSetting> = {
  name: 'tksm.pool.',
  summary: 'Slots of a pool: { concurrency, own }',
  fallback: { concurrency: MOST, own: false },
  parse(value) {
    const fields = fieldsOf(value, ['concurrency', 'own']);
    const { own = false } = fields;
    if (typeof own !== 'boolean') throw invalidSetting('own is true or false', 'own');
    return { concurrency: numberIn(fields, 'concurrency', { least: 1, most: MOST }), own };
  },
};
