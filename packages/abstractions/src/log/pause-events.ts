import type { HandleId, JobId } from '../runtime/ids.ts';

/** A job that was held on request goes on as it was: its attempts and what it waits for are as before. */
export interface JobResumed {
  readonly type: 'job.resumed';
  readonly v: 1;
  readonly job: JobId;
  readonly by: HandleId;
}
