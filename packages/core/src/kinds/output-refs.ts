import { KernelError, VALUE_TAGS } from '@tksm/abstractions';
import type { JobId, JobOutcome, StoredObject, StoredValue } from '@tksm/abstractions';

/** How a job ended, as far as anybody knows. */
type OutcomeOf = (job: JobId) => JobOutcome | undefined;

/**
 * Puts outputs in the place of references: `{ "$output": { "job": ID, "path": ["files"] } }`.
 *
 * @throws KernelError `InvalidInput` when the job has no output there
 */
export function resolveOutputRefs(value: StoredValue, outcomeOf: OutcomeOf): StoredValue {
  // Most inputs have none: they are given on as they are.
  return hasOutputRefs(value) ? resolved(value, outcomeOf) : value;
}

function hasOutputRefs(value: StoredValue): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return (value as readonly StoredValue[]).some(hasOutputRefs);
  for (const key in value as StoredObject) {
    if (key === VALUE_TAGS.output || hasOutputRefs((value as StoredObject)[key] ?? null)) return true;
  }
  return false;
}

function resolved(value: StoredValue, outcomeOf: OutcomeOf): StoredValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly StoredValue[]).map((item) => resolved(item, outcomeOf));
  const object = value as StoredObject;
  const ref = object[VALUE_TAGS.output];
  if (ref !== undefined) return lookUp(ref, outcomeOf);
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, resolved(item, outcomeOf)]));
}

function lookUp(ref: StoredValue, outcomeOf: OutcomeOf): StoredValue {
  const { job, path = [] } = (ref ?? {}) as { readonly job?: JobId; readonly path?: readonly string[] };
  if (!Array.isArray(path)) throw new KernelError('InvalidInput', 'the path of an output is a list of keys');
  const outcome = job === undefined ? undefined : outcomeOf(job);
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
