import { isSystemKind } from '@tksm/abstractions';
import type { JobSpec } from '@tksm/abstractions';
import type { JobState } from './job-state.ts';

/** Which bounded queue a job has a place in. What the kernel and its supervisors start themselves needs none. */
export function queueOf({ kind, parent, supervision }: JobSpec): 'queued' | 'children' | undefined {
  if (parent !== undefined) return 'children';
  return supervision !== undefined || isSystemKind(kind) ? undefined : 'queued';
}

/**
 * How many jobs with a place are not settled. Derived from the jobs of the state, recounted when it is loaded and moved by
 * `apply` alone, which sees what a job was before: so it cannot be another number than that of the jobs.
 */
export class OpenCounts {
  /** Jobs that were submitted from outside. */
  queued = 0;
  /** Jobs that jobs submitted. */
  children = 0;
  /** Jobs that settled since the state was loaded; only ever grows. */
  settled = 0;

  /** A job is open that was not. */
  open({ spec }: JobState): void {
    const queue = queueOf(spec);
    if (queue !== undefined) this[queue] += 1;
  }

  /** A job settled that was open. */
  settle({ spec }: JobState): void {
    const queue = queueOf(spec);
    if (queue === undefined) return;
    this[queue] -= 1;
    this.settled += 1;
  }
}
