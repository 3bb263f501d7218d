import type { RightUse } from '../authority/use.ts';
import type { HandleId, JobId } from '../runtime/ids.ts';

/** A driver was about to touch the outside for a job: durable before it does. */
export interface DriverCalled {
  readonly type: 'driver.called';
  readonly v: 1;
  readonly by: HandleId;
  readonly job: JobId;
  readonly epoch: number;
  readonly driver: string;
  readonly op: string;
  /** What it was allowed as. */
  readonly uses: readonly RightUse[];
}
