import type { CommandId, HandleId, Instant, JobId } from '../runtime/ids.ts';
import type { StoredValue } from '../values/value.ts';

/** A submission under a command id was answered with the job that has its dedup key. */
export interface JobDeduplicated {
  readonly type: 'job.deduplicated';
  readonly v: 1;
  readonly job: JobId;
  readonly cmd: CommandId;
  readonly by: HandleId;
}

/** A submission met a job that waits with its debounce key: its input is the newer one, and it waits anew. */
export interface JobDebounced {
  readonly type: 'job.debounced';
  readonly v: 1;
  readonly job: JobId;
  readonly by: HandleId;
  readonly input: StoredValue;
  readonly notBefore: Instant;
  /** Present when the caller named the command. */
  readonly cmd?: CommandId;
}
