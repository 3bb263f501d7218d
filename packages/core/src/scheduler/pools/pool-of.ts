import type { JobSpec } from '@tksm/abstractions';
import type { PoolSetting } from './pool-setting.ts';

/** The pool of jobs that belong to no other. */
export const DEFAULT_POOL = 'default';

/** The pool that a job belongs to: the one it names, or the first that is declared under an action it claims or calls. */
export function poolOf({ pool, claims, uses }: JobSpec, declared: ReadonlyMap<string, PoolSetting>): string {
  if (pool !== undefined || (claims ?? uses) === undefined || declared.size === 0)
    return pool ?? DEFAULT_POOL;
  const actions = [...(claims ?? []).map(actionOf), ...(uses ?? []).map(({ action }) => action)];
  return actions.find((action) => declared.has(action)) ?? DEFAULT_POOL;
}

/** The action of a claim like `email:example.org`. */
function actionOf(claim: string): string {
  const end = claim.indexOf(':');
  return end < 0 ? claim : claim.slice(0, end);
}
