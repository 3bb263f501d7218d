import { isSystemKind } from '@tksm/abstractions';
import type { JobSpec } from '@tksm/abstractions';
import type { JobState } from './job-state.ts';

/** Which bounded queue a job has a place in. What the kernel and its supervisors start themselves needs none. */
export function queueOf({ kind, parent, supervision }: JobSpec): 'queued' | 'children' | undefined {
  if (parent !== undefined) return 'children';
  return supervision !== undefined || isSystemKind(kind) ? undefined : 'queued';
}

/**
 * How many jobs with a place, and in each lane, are not settled. Derived from the jobs of the state, recounted when it is loaded and moved by
 * `apply` alone, which sees what a job was before: so it cannot be another number than that of the jobs.
 */
export class OpenCounts {
  /** Jobs that were submitted from outside. */
  queued = 0;
  /** Jobs that jobs submitted. */
  children = 0;
  /** Jobs in each agent's lane. */
  readonly #lanes = new Map<string, number>();
  /** Jobs that settled since the state was loaded; only ever grows. */
  settled = 0;

  /** A job is open that was not. */
  open({ spec }: JobState): void {
    if (spec.agent !== undefined) this.#lanes.set(spec.agent, this.inLane(spec.agent) + 1);
    const queue = queueOf(spec);
    if (queue !== undefined) this[queue] += 1;
  }

  /** A job settled that was open. */
  settle({ spec }: JobState): void {
    if (spec.agent !== undefined) this.#leave(spec.agent);
    const queue = queueOf(spec);
    if (queue === undefined) return;
    this[queue] -= 1;
    this.settled += 1;
  }

  /** Jobs in the lane of an agent. */
  inLane(agent: string): number {
    return this.#lanes.get(agent) ?? 0;
  }

  #leave(agent: string): void {
    const left = this.inLane(agent) - 1;
    if (left > 0) this.#lanes.set(agent, left);
    else this.#lanes.delete(agent);
  }
}
