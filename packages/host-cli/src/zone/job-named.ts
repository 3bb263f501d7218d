import { isKernelError, jobId } from '@tksm/abstractions';
import type { JobView } from '@tksm/abstractions';
import type { Invocation } from '../program/invocation.ts';
import { chosenTokenFile } from '../tokens/chosen-token-file.ts';
import { findJob, FULL_ID } from './job-names.ts';
import type { Look } from './look.ts';
import { jobFromLog } from './retired-jobs.ts';

/** A job that a command acts on; its id alone when it is the zone that says whether it is there. */
export type ActedOn = JobView | Pick<JobView, 'id'>;

/**
 * As `jobNamed`, for a command that acts: under a token the zone judges that first, and says of an id in full whether it is
 * there.
 *
 * @throws KernelError `JobNotFound`, `UsageError` when several match
 */
export async function jobToActOn(
  call: Pick<Invocation, 'flags' | 'env'>,
  found: Look,
  text: string,
): Promise<ActedOn> {
  try {
    return await jobNamed(found, text);
  } catch (error) {
    const isForZone = chosenTokenFile(call) !== undefined && FULL_ID.test(text);
    if (!isForZone || !isKernelError(error, 'JobNotFound')) throw error;
    return { id: jobId(text) };
  }
}

/**
 * The job that a text names, in the state or retired. An id in full that is nowhere is looked for in the whole log before
 * it is said not to be there: the index may be missing.
 *
 * @throws KernelError `JobNotFound`, `UsageError` when several match
 */
export async function jobNamed({ state, log, retired }: Look, text: string): Promise<JobView> {
  try {
    return findJob(state.jobs, text, retired);
  } catch (error) {
    const found = isKernelError(error, 'JobNotFound') ? await jobFromLog(log, state, text) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}
