import { PRIORITY } from '@tksm/abstractions';
import type { Instant, JobId, ReadyJob } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import { readyAt } from '../state/job-status.ts';
import type { Parking } from './gates/parking.ts';
import type { Pool } from './pools/pool.ts';

/** A ready job on its way to a slot. There is one for each queued job: what can be read from its job is not kept twice. */
export class QueuedJob implements ReadyJob {
  readonly job: JobState;
  priority: number;
  readonly origin: string;
  readonly since: Instant;
  place = 0;
  /** The pool whose policy holds it, or the gate that holds it back; undefined once it was given away. */
  at: Pool | Parking | undefined = undefined;
  /** Its neighbours in the list of what is ready. */
  before: QueuedJob | undefined = undefined;
  after: QueuedJob | undefined = undefined;

  /** @param isDemoted whether it goes in the lowest band, whatever it says itself */
  constructor(job: JobState, isDemoted: boolean) {
    const { origin = '' } = job.spec;
    this.job = job;
    this.priority = bandOf(job, isDemoted);
    this.origin = origin;
    this.since = Math.max(job.submittedAt, readyAt(job));
  }

  get id(): JobId {
    return this.job.id;
  }

  get sequence(): number {
    return this.job.position;
  }

  get agent(): string | undefined {
    return this.job.spec.agent;
  }

  get deadline(): Instant | undefined {
    return this.job.spec.deadline;
  }
}

/** The priority that counts. */
export function bandOf({ spec }: JobState, isDemoted: boolean): number {
  return isDemoted ? PRIORITY.lowest : (spec.priority ?? PRIORITY.normal);
}
