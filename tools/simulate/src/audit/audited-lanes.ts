// The lanes of agents. A job holds its lane from its first lease until it settles, is held, or waits for something else; a retry's
// delay and an interruption keep it. Those that were ready when a lane became free go in the order in which they became ready.

import type { AuditedJob } from './audited-job.ts';
import { lastTouched, obstacleOf, readySince, wasDue } from './readiness.ts';
import type { ChoosableJobs } from './fair-order.ts';
import { mustHold } from './violation.ts';

interface Lane {
  holder: AuditedJob | undefined;
  /** When it became free, or was looked at anew. */
  freed: Moment | undefined;
  /** A person paused and resumed what may have held it: who comes first is not told by the log. */
  isContested: boolean;
}

interface Moment {
  readonly position: number;
  readonly time: number;
}

export class AuditedLanes {
  readonly #lanes = new Map<string, Lane>();

  chosen(job: AuditedJob, jobs: ChoosableJobs, { what, time }: Moment & { readonly what: string }): void {
    const { agent } = job.spec;
    if (agent === undefined) return;
    const lane = this.#of(agent);
    const { holder, freed } = lane;
    lane.holder = job;
    if (lane.isContested || holder === job) return;
    mustHold(
      'lanes-hold',
      holder === undefined,
      `${what}, while ${holder?.id ?? ''} holds the lane of ${agent}`,
    );
    if (freed === undefined || job.hasWaited) return;
    for (const other of jobs.waiting) {
      if (other === job || other.spec.agent !== agent || !isBefore(other, job)) continue;
      const isOvertaken = wasReady(other, freed, jobs) && obstacleOf(other, time, jobs) === undefined;
      mustHold('lanes-in-order', !isOvertaken, `${what}, before ${other.id} in the lane of ${agent}`);
    }
  }

  /** A job waits for something else than its turn, or is over. */
  gaveUp(job: AuditedJob, { position, time }: Moment): void {
    const lane = this.#laneOf(job);
    if (lane?.holder !== job) return;
    lane.holder = undefined;
    lane.freed = { position, time };
  }

  resumed(job: AuditedJob): void {
    const lane = this.#laneOf(job);
    if (lane !== undefined && job.epoch > 0) lane.isContested = true;
  }

  /** A kernel starts anew. `time`: of the last frame before. */
  begin(moment: Moment): void {
    for (const lane of this.#lanes.values()) if (lane.holder === undefined) lane.freed = moment;
  }

  #laneOf({ spec: { agent } }: AuditedJob): Lane | undefined {
    return agent === undefined ? undefined : this.#of(agent);
  }

  #of(agent: string): Lane {
    const found = this.#lanes.get(agent) ?? { holder: undefined, freed: undefined, isContested: false };
    this.#lanes.set(agent, found);
    return found;
  }
}

function isBefore(one: AuditedJob, other: AuditedJob): boolean {
  const [first, second] = [readySince(one), readySince(other)];
  return first < second || (first === second && one.position < other.position);
}

/** Whether a job was ready, and known to be, before a moment. */
function wasReady(job: AuditedJob, { position, time }: Moment, jobs: ChoosableJobs): boolean {
  return lastTouched(job, jobs) < position && wasDue(job, time);
}
