import type {
  Hash,
  Instant,
  JobId,
  JobQuery,
  JobReader,
  JobStatus,
  JobView,
  Position,
  StateReader,
  VarStore,
  WorldView,
  ZoneId,
} from '@tksm/abstractions';
import { WorldVars } from '../vars/world-vars.ts';
import { digestOf } from './digest.ts';
import { recordOf } from './job-state.ts';
import type { JobState } from './job-state.ts';
import { statusOf } from './job-status.ts';
import type { KernelState } from './kernel-state.ts';

/** A job for others to see: a copy, with its status as of now. */
export function viewOf(job: JobState, state: KernelState): JobView {
  return { ...recordOf(job), status: statusOf(job, state) };
}

class StateJobs implements JobReader {
  readonly #state: KernelState;

  constructor(state: KernelState) {
    this.#state = state;
  }

  get(id: JobId): JobView | undefined {
    const job = this.#state.jobs.get(id);
    return job === undefined ? undefined : viewOf(job, this.#state);
  }

  *list(query: JobQuery = {}): Generator<JobView> {
    const { status, kind, parent, correlation, after, limit = Number.POSITIVE_INFINITY } = query;
    const wanted = typeof status === 'string' ? [status] : status;
    let past = after === undefined;
    let left = limit;
    for (const job of this.#state.jobs.values()) {
      if (!past) {
        past = job.id === after;
        continue;
      }
      const { spec } = job;
      if (kind !== undefined && spec.kind !== kind) continue;
      if (parent !== undefined && spec.parent !== parent) continue;
      if (correlation !== undefined && spec.correlation !== correlation) continue;
      if (wanted !== undefined && !wanted.includes(statusOf(job, this.#state))) continue;
      if (left-- <= 0) return;
      yield viewOf(job, this.#state);
    }
  }

  counts(): Readonly<Record<JobStatus, number>> {
    const counts = {
      queued: 0,
      blocked: 0,
      delayed: 0,
      running: 0,
      waiting: 0,
      held: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
    };
    for (const job of this.#state.jobs.values()) counts[statusOf(job, this.#state)] += 1;
    return counts;
  }
}

/** The reader over a state, live or replayed. */
export function readerOf(state: KernelState): StateReader {
  return {
    get zone(): ZoneId {
      return state.zone;
    },
    get position(): Position {
      return state.position;
    },
    get time(): Instant {
      return state.time;
    },
    jobs: new StateJobs(state),
    get vars(): VarStore {
      return new WorldVars(state.world);
    },
    world: (): WorldView => state.world.snapshot(),
    digest: (): Hash => digestOf(state),
  };
}
