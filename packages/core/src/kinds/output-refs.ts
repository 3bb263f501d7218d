import { KernelError } from '@tksm/abstractions';
import type { JobId, JobOutcome, StoredObject, StoredValue } from '@tksm/abstractions';

/** How a job ended, as far as anybody knows. */
export type OutcomeOf = (job: JobId) => JobOutcome | undefined;

/**
 * The output behind a reference `{ "$output": { "job": ID, "path": ["files"] } }`, revealed before the path goes into it.
 *
 * @throws KernelError `InvalidInput` when the job has no output there, and what `reveal` throws
 */
export async function outputAt(
  ref: StoredValue,
  outcomeOf: OutcomeOf,
  reveal: (output: StoredValue) => Promise<StoredValue>,
): Promise<StoredValue> {
  const { job, path = [] } = (ref ?? {}) as { readonly job?: JobId; readonly path?: readonly string[] };
  if (!Array.isArray(path)) throw new KernelError('InvalidInput', 'the path of an output is a list of keys');
  const outcome = job === undefined ? undefined : outcomeOf(job);
  let found: StoredValue | undefined =
    outcome?.status === 'succeeded' ? await reveal(outcome.output) : undefined;
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
