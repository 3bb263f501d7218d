import type { RightUse } from '../authority/use.ts';
import type { CommandId, HandleId, Instant, JobId } from '../runtime/ids.ts';
import type { StoredValue } from '../values/value.ts';

/** A submission under a command id was answered with the job that has its dedup key. */
export interface JobDeduplicated {
  readonly type: 'job.deduplicated';
  readonly v: 1;
  readonly job: JobId;
  readonly cmd: CommandId;
  readonly by: HandleId;
  /** What the submission needed, in place of a right to submit the kind. */
  readonly uses?: readonly RightUse[];
}

/** A submission met a job that waits with its debounce key: its input is the newer one, and it waits anew. */
export interface JobDebounced {
  readonly type: 'job.debounced';
  readonly v: 1;
  readonly job: JobId;
  readonly by: HandleId;
  readonly input: StoredValue;
  /** What that input needs, in place of a right to submit the kind; it replaces those of the job. */
  readonly uses?: readonly RightUse[];
  readonly notBefore: Instant;
  /** Present when the caller named the command. */
  readonly cmd?: CommandId;
}
