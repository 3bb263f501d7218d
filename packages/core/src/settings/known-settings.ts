import { isKernelError, KernelError } from '@tksm/abstractions';
import type { StoredValue } from '@tksm/abstractions';
import { LIMITS } from '../admission/limits-setting.ts';
import { KIND_RATE } from '../admission/rate-setting.ts';
import { LADDER } from '../escalation/ladder-setting.ts';
import { BREAKER } from '../breakers/breaker-setting.ts';
import { INBOX_LIMITS } from '../inbox/inbox-limits.ts';
import { PAUSED } from '../scheduler/pauses/pause-settings.ts';
import { POLICY } from '../scheduler/policies/policy-setting.ts';
import { POOL } from '../scheduler/pools/pool-setting.ts';
import { CONCURRENCY } from './concurrency-setting.ts';
import { ORIGIN } from './origin-setting.ts';
import { SETTING_PREFIX } from './setting.ts';
import type { Setting } from './setting.ts';

/** Every setting there is. */
const SETTINGS: readonly Setting<unknown>[] = [
  ...[KIND_RATE, CONCURRENCY, POLICY, POOL, PAUSED.kind, PAUSED.pool],
  ...[LIMITS, ORIGIN, INBOX_LIMITS, BREAKER, LADDER],
];

/** Refuses a variable under the kernel's prefix that is no setting, or whose value is none. @throws KernelError `InvalidInput` */
export function checkSetting(name: string, value: StoredValue): void {
  if (!name.startsWith(SETTING_PREFIX)) return;
  const setting = SETTINGS.find((known) => isOf(known, name));
  if (setting === undefined) {
    const known = SETTINGS.map((one) => (one.name.endsWith('.') ? `${one.name}NAME` : one.name));
    const message = `${name} is no setting; there are ${known.join(', ')}`;
    throw new KernelError('InvalidInput', message, { data: { name } });
  }
  try {
    setting.parse(value);
  } catch (thrown) {
    if (!isKernelError(thrown)) throw thrown;
    // Few settings are texts: one is what the shell makes of anything else.
    const next =
      typeof value === 'string' && typeof setting.fallback !== 'string'
        ? { next: 'give its value as JSON: tksm var set --parse' }
        : {};
    throw new KernelError('InvalidInput', `${name}: ${thrown.message}`, { data: { name }, ...next });
  }
}

function isOf({ name: known, isKey = () => true }: Setting<unknown>, name: string): boolean {
  if (!known.endsWith('.')) return name === known;
  return name.startsWith(known) && name.length > known.length && isKey(name.slice(known.length));
}
