import type { JobId } from '@tksm/abstractions';
import type { JobState } from '../../state/job-state.ts';
import type { Gate } from '../gates/gate.ts';
import { holdsLane } from './holds-lane.ts';

/** Lets the jobs of an agent through one at a time, in the order in which they became ready. */
export class LaneGate implements Gate {
  readonly name = 'lane';
  readonly inOrder = true;
  readonly #holders = new Map<string, JobId>();
  readonly #isBlocked: (job: JobState) => boolean;

  constructor(isBlocked: (job: JobState) => boolean) {
    this.#isBlocked = isBlocked;
  }

  keyOf({ spec }: JobState): string | undefined {
    return spec.agent;
  }

  exempts({ id, spec }: JobState): boolean {
    return spec.agent !== undefined && this.#holders.get(spec.agent) === id;
  }

  room(agent: string): number {
    return this.#holders.has(agent) ? 0 : 1;
  }

  reason(agent: string): string {
    const holder = this.#holders.get(agent);
    return holder === undefined
      ? `others of agent ${agent} come first`
      : `job ${holder} of agent ${agent} comes first`;
  }

  /** A job takes the lane of its agent: it is leased, or was before the start and will be again. */
  leased({ id, spec }: JobState): void {
    if (spec.agent !== undefined) this.#holders.set(spec.agent, id);
  }

  freed(job: JobState): void {
    const { agent } = job.spec;
    if (agent === undefined || this.#holders.get(agent) !== job.id) return;
    if (!holdsLane(job, this.#isBlocked)) this.#holders.delete(agent);
  }
}
