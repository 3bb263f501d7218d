import type { MessageFilter } from '../jobs/inbox.ts';
import type { HandleId, Instant, JobId } from '../runtime/ids.ts';
import type { StoredValue } from '../values/value.ts';

/** An attempt came to a wait and ended there, burning no retry; the job runs again when the wait is over. */
export interface JobSuspended {
  readonly type: 'job.suspended';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  /** The step that is recorded when the wait is over. */
  readonly step: string;
  readonly until?: Instant;
  readonly message?: MessageFilter;
}

/** A message came into a job's inbox. */
export interface MessageSent {
  readonly type: 'message.sent';
  readonly v: 1;
  /** Whose inbox. */
  readonly job: JobId;
  readonly by: HandleId;
  /** The id of the job that sent it, or the name that a sender outside gave. */
  readonly from: string;
  readonly topic?: string;
  readonly body: StoredValue;
}
