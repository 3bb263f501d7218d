import { VALUE_TAGS } from '@tksm/abstractions';
import type { JobId, StoredObject, StoredValue } from '@tksm/abstractions';
import { unknownDependency } from './batch-order.ts';

/**
 * Puts ids in the place of the names by which the jobs of a batch refer to each other in their inputs.
 *
 * @throws KernelError `DependencyUnknown`
 */
export function resolveBatchRefs(value: StoredValue, idOf: (name: string) => JobId | undefined): StoredValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value))
    return (value as readonly StoredValue[]).map((item) => resolveBatchRefs(item, idOf));
  const object = value as StoredObject;
  const named = object[VALUE_TAGS.job];
  if (typeof named === 'string') {
    const id = idOf(named);
    if (id === undefined) throw unknownDependency(named);
    return id;
  }
  const ref = object[VALUE_TAGS.output] as StoredObject | undefined;
  if (typeof ref?.job === 'string') return { [VALUE_TAGS.output]: { ...ref, job: idOf(ref.job) ?? ref.job } };
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, resolveBatchRefs(item, idOf)]));
}

/** Whether a stored input has names of its batch in it. */
export function hasBatchRefs(value: StoredValue): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return (value as readonly StoredValue[]).some(hasBatchRefs);
  const object = value as StoredObject;
  for (const key in object) {
    if (key === VALUE_TAGS.job || key === VALUE_TAGS.output || hasBatchRefs(object[key] ?? null)) return true;
  }
  return false;
}
