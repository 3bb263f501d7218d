import type {
  CommandId,
  HandleId,
  Instant,
  JobId,
  JobOutcome,
  JobRecord,
  JobSpec,
  Lease,
  OpenWait,
  Position,
  Progress,
  SerializedError,
  StepRecord,
  StoredValue,
} from '@tksm/abstractions';
import { InboxState } from '../inbox/inbox-state.ts';
import type { QueuedJob } from '../scheduler/queued-job.ts';

/** A job's facts while they change. Every field is set from the start, so that all jobs share one shape in memory. */
export class JobState {
  readonly id: JobId;
  spec: JobSpec;
  readonly by: HandleId;
  readonly cmd: CommandId | undefined;
  readonly submittedAt: Instant;
  readonly position: Position;
  epoch = 0;
  attempts = 0;
  interruptions = 0;
  workersLost = 0;
  lease: Lease | undefined = undefined;
  tryingSince: Instant | undefined = undefined;
  retryAt: Instant | undefined = undefined;
  steps: StepRecord[] | undefined = undefined;
  wait: OpenWait | undefined = undefined;
  inbox: InboxState | undefined = undefined;
  progress: Progress | undefined = undefined;
  cancelling: string | undefined = undefined;
  held: SerializedError | undefined = undefined;
  dependenciesWaived = false;
  returned: { readonly output: StoredValue } | undefined = undefined;
  lastError: SerializedError | undefined = undefined;
  outcome: JobOutcome | undefined = undefined;
  settledAt: Instant | undefined = undefined;
  redriven: number | undefined = undefined;
  /** Where the scheduler has it while it is ready. No fact: it is in no record. */
  queued: QueuedJob | undefined = undefined;

  constructor(
    id: JobId,
    spec: JobSpec,
    by: HandleId,
    submittedAt: Instant,
    position: Position,
    cmd?: CommandId,
  ) {
    this.id = id;
    this.spec = spec;
    this.by = by;
    this.cmd = cmd;
    this.submittedAt = submittedAt;
    this.position = position;
  }
}

/** The facts of a job as a record of its own: what is absent is left out. */
export function recordOf(job: JobState): JobRecord {
  const { id, spec, by, submittedAt, position, epoch, attempts, interruptions } = job;
  return {
    ...{ id, spec, by, submittedAt, position, epoch, attempts, interruptions },
    ...(job.cmd !== undefined && { cmd: job.cmd }),
    ...(job.workersLost > 0 && { workersLost: job.workersLost }),
    ...(job.lease && { lease: job.lease }),
    ...(job.tryingSince !== undefined && { tryingSince: job.tryingSince }),
    ...(job.retryAt !== undefined && { retryAt: job.retryAt }),
    ...(job.steps && { steps: [...job.steps] }),
    ...(job.wait && { wait: job.wait }),
    ...(job.inbox && { inbox: [...job.inbox.messages] }),
    ...(job.progress && { progress: job.progress }),
    ...(job.cancelling !== undefined && { cancelling: job.cancelling }),
    ...(job.held && { held: job.held }),
    ...(job.dependenciesWaived && { dependenciesWaived: true as const }),
    ...(job.returned && { returned: job.returned }),
    ...(job.lastError && { lastError: job.lastError }),
    ...(job.outcome && { outcome: job.outcome }),
    ...(job.redriven !== undefined && { redriven: job.redriven }),
    ...(job.settledAt !== undefined && { settledAt: job.settledAt }),
  };
}

/** The job of a record. */
export function jobOf(record: JobRecord): JobState {
  const { id, spec, by, submittedAt, position } = record;
  const facts = record as JobRecord & { readonly inbox?: undefined };
  const job: JobState = Object.assign(new JobState(id, spec, by, submittedAt, position), facts);
  // A record shares nothing with a job that goes on.
  if (record.steps !== undefined) job.steps = [...record.steps];
  if (record.inbox !== undefined) job.inbox = new InboxState(record.inbox);
  return job;
}
