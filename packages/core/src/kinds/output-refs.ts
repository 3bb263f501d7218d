import { KernelError, VALUE_TAGS } from '@tksm/abstractions';
import type { JobId, StoredObject, StoredValue } from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';

/**
 * Puts outputs in the place of references: `{ "$output": { "job": ID, "path": ["files"] } }`.
 *
 * @throws KernelError `InvalidInput` when the job has no output there
 */
export function resolveOutputRefs(value: StoredValue, state: KernelState): StoredValue {
  // Most inputs have none: they are given on as they are.
  return hasOutputRefs(value) ? resolved(value, state) : value;
}

function hasOutputRefs(value: StoredValue): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return (value as readonly StoredValue[]).some(hasOutputRefs);
  for (const key in value as StoredObject) {
    if (key === VALUE_TAGS.output || hasOutputRefs((value as StoredObject)[key] ?? null)) return true;
  }
  return false;
}

function resolved(value: StoredValue, state: KernelState): StoredValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly StoredValue[]).map((item) => resolved(item, state));
  const object = value as StoredObject;
  const ref = object[VALUE_TAGS.output];
  if (ref !== undefined) return lookUp(ref, state);
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, resolved(item, state)]));
}

function lookUp(ref: StoredValue, state: KernelState): StoredValue {
  const { job, path = [] } = (ref ?? {}) as { readonly job?: JobId; readonly path?: readonly string[] };
  if (!Array.isArray(path)) throw new KernelError('InvalidInput', 'the path of an output is a list of keys');
  const outcome = job === undefined ? undefined : state.jobs.get(job)?.outcome;
  let found: StoredValue | undefined = outcome?.status === 'succeeded' ? outcome.output : undefined;
  for (const key of path) {
    const inside = found !== null && typeof found === 'object' && Object.hasOwn(found, key);
    found = inside ? (found as StoredObject)[key] : undefined;
  }
  if (found === undefined) {
    const place = [job ?? '?', ...path].join('.');
    throw new KernelError('InvalidInput', `there is no output ${place}`, { data: { job: job ?? null } });
  }
  return found;
}
