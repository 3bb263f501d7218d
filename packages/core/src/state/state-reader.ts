import type {
  Hash,
  Instant,
  JobId,
  JobOutcome,
  JobQuery,
  JobReader,
  JobRecord,
  JobStatus,
  JobView,
  Position,
  StateReader,
  ScheduleName,
  ScheduleReader,
  ScheduleRecord,
  ScheduleView,
  VarStore,
  WorldView,
  ZoneId,
} from '@tksm/abstractions';
import { agentReader } from './agent-reader.ts';
import { heldBackBy } from '../scheduler/held-back-by.ts';
import { WorldVars } from '../vars/world-vars.ts';
import type { FindRetired } from '../retention/find-retired.ts';
import { digestOf } from './digest.ts';
import { breakerReader, ladderReader } from './failure-readers.ts';
import { recordOf } from './job-state.ts';
import type { JobState } from './job-state.ts';
import { statusOf, waitingFor } from './job-status.ts';
import { revokedToken } from './revoked-tokens.ts';
import type { KernelState } from './kernel-state.ts';

/** A job for others to see: a copy, with its status as of now. */
export function viewOf(job: JobState, state: KernelState): JobView {
  const status = statusOf(job, state);
  const view = { ...recordOf(job), status };
  const waiting = status === 'waiting' ? waitingFor(job) : undefined;
  return waiting === undefined ? view : { ...view, waitingFor: waiting };
}

/** A retired job for others to see: how it ended is what it is. */
export function retiredView(record: JobRecord): JobView {
  return { ...record, status: record.outcome?.status ?? 'cancelled', retired: true };
}

class StateJobs implements JobReader {
  readonly #state: KernelState;
  readonly #find: FindRetired | undefined;

  constructor(state: KernelState, find: FindRetired | undefined) {
    this.#state = state;
    this.#find = find;
  }

  get(id: JobId): JobView | undefined {
    const job = this.#state.jobs.get(id);
    if (job !== undefined) return viewOf(job, this.#state);
    const record = this.#find?.(id);
    // What an index has may be newer than this state.
    return record !== undefined && record.position < this.#state.position ? retiredView(record) : undefined;
  }

  heldBackBy(id: JobId): readonly string[] {
    const job = this.#state.jobs.get(id);
    return job === undefined ? [] : heldBackBy(job, this.#state);
  }

  *list(query: JobQuery = {}): Generator<JobView> {
    const { status, kind, parent, correlation, schedule, after, limit = Number.POSITIVE_INFINITY } = query;
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
      if (schedule !== undefined && spec.tick?.schedule !== schedule) continue;
      if (wanted !== undefined && !wanted.includes(statusOf(job, this.#state))) continue;
      if (left-- <= 0) return;
      yield viewOf(job, this.#state);
    }
  }

  counts(): Readonly<Record<JobStatus, number>> {
    const counts = {
      ...{ queued: 0, blocked: 0, delayed: 0, running: 0, waiting: 0, held: 0 },
      ...this.retired(),
    };
    for (const job of this.#state.jobs.values()) counts[statusOf(job, this.#state)] += 1;
    return counts;
  }

  retired(): Readonly<Record<JobOutcome['status'], number>> {
    const { succeeded, failed, cancelled } = this.#state.retired;
    return { succeeded, failed, cancelled };
  }
}

function schedulesOf({ schedules }: KernelState): ScheduleReader {
  return {
    get(name) {
      const schedule = schedules.get(name as ScheduleName);
      return schedule && scheduleView(schedule);
    },
    *list() {
      for (const schedule of schedules.values()) yield scheduleView(schedule);
    },
  };
}

function scheduleView(schedule: ScheduleRecord): ScheduleView {
  const { paused, held } = schedule;
  return { ...schedule, status: paused !== undefined ? 'paused' : held !== undefined ? 'held' : 'active' };
}

/** The reader over a state, live or replayed. `find` knows what has left it. */
export function readerOf(state: KernelState, find?: FindRetired): StateReader {
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
    jobs: new StateJobs(state, find),
    schedules: schedulesOf(state),
    get vars(): VarStore {
      return new WorldVars(state.world);
    },
    ladder: ladderReader(state),
    breakers: breakerReader(state),
    capabilities: {
      get: (id) => {
        const found = state.capabilities.get(id);
        return found && state.capabilities.recordOf(found);
      },
      *list() {
        for (const one of state.capabilities.values()) yield state.capabilities.recordOf(one);
      },
      *revokedTokens() {
        for (const id of state.revokedTokens.keys()) {
          const record = state.revokedTokens.get(id);
          if (record !== undefined) yield revokedToken(id, record);
        }
      },
    },
    agents: agentReader(state),
    supervisors: {
      get: (id) => state.supervisors.get(id),
      list: () => state.supervisors.values(),
    },
    world: (): WorldView => state.world.snapshot(),
    digest: (): Hash => digestOf(state),
  };
}
