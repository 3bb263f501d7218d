import { PRIORITY } from '@tksm/abstractions';
import type { Instant, JobId, ReadyJob } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import { readyAt } from '../state/job-status.ts';
import type { Parking } from './gates/parking.ts';
import type { Pool } from './pools/pool.ts';

/** A ready job on its way to a slot. There is one for each queued job: what can be read from its job is not kept twice. */
export class QueuedJob implements ReadyJob {
  readonly job: JobState;
  readonly priority: number;
  readonly origin: string;
  readonly since: Instant;
  place = 0;
  /** The pool whose policy holds it, or the gate that holds it back; undefined once it was given away. */
  at: Pool | Parking | undefined = undefined;

  constructor(job: JobState) {
    const { priority = PRIORITY.normal, origin = '' } = job.spec;
    this.job = job;
    this.priority = priority;
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
