import type { Setting } from '../../settings/setting.ts';
import { invalidSetting } from '../../settings/setting.ts';
import { BUILT_IN_POLICIES, FAIR } from './built-in.ts';

const MOST_CHARACTERS = 128;

/** Name of the policy that orders ready jobs. One that is not built in has a dot in its name. */
export const POLICY: Setting<string> = {
  name: 'tksm.scheduler.policy',
  summary: 'Name of the policy that orders ready jobs',
  fallback: FAIR.name,
  parse(value) {
    const names = BUILT_IN_POLICIES.map(({ name }) => name);
    if (typeof value === 'string' && (names.includes(value) || isOwnName(value))) return value;
    throw invalidSetting(
      `one of ${names.join(', ')} is expected, or a registered policy with a dot in its name`,
    );
  },
};

/** Whether a name may be that of a policy that is not built in. */
export function isOwnName(name: string): boolean {
  return name.includes('.') && name.length <= MOST_CHARACTERS;
}
