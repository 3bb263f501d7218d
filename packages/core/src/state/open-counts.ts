import { isSystemKind } from '@tksm/abstractions';
import type { JobState } from './job-state.ts';

/**
 * How many jobs of users are not settled. Derived from the jobs of the state, recounted when it is loaded and moved by
 * `apply` alone, which sees what a job was before: so it cannot be another number than that of the jobs.
 */
export class OpenCounts {
  /** Jobs that were submitted from outside. */
  outside = 0;
  /** Jobs that jobs submitted. */
  children = 0;
  /** Jobs that settled since the state was loaded; only ever grows. */
  settled = 0;

  /** A job is open that was not. */
  open({ spec }: JobState): void {
    if (spec.parent !== undefined) this.children += 1;
    else if (!isSystemKind(spec.kind)) this.outside += 1;
  }

  /** A job settled that was open. */
  settle({ spec }: JobState): void {
    if (spec.parent !== undefined) this.children -= 1;
    else if (isSystemKind(spec.kind)) return;
    else this.outside -= 1;
    this.settled += 1;
  }
}
