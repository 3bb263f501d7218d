import { isKernelError } from '@tksm/abstractions';
import type { JobView } from '@tksm/abstractions';
import { findJob } from './job-names.ts';
import type { Look } from './look.ts';
import { jobFromLog } from './retired-jobs.ts';

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
