import type { KernelError } from '../errors/kernel-error.ts';
import type { AgentReader } from '../agents/agent.ts';
import type {
  CapabilityGrant,
  CapabilityHandle,
  CapabilityReader,
  Readable,
} from '../authority/capability.ts';
import type { BreakerReader } from '../failure/breaker.ts';
import type { LadderReader } from '../failure/ladder.ts';
import type { JobOutcome, JobStatus, JobView, Progress } from '../jobs/job.ts';
import type { AnyKind } from '../jobs/kind.ts';
import type { RecordedEvent, LogHead } from '../log/event.ts';
import type { LogStatistics } from '../log/event-log.ts';
import type { Signal } from '../runtime/abort.ts';
import type { HandleId, Hash, Instant, JobId, Position, ZoneId } from '../runtime/ids.ts';
import type { ScheduleReader } from '../schedules/schedule.ts';
import type { SupervisorReader } from '../supervision/supervisor.ts';
import type { VarChanged, VarStore } from '../vars/var-store.ts';
import type { WorldView } from '../world/world.ts';
import type { Command, OperationReceipt, Receipt, TaskReceipt } from './command.ts';
import type { Health } from './health.ts';

export interface JobQuery {
  readonly status?: JobStatus | readonly JobStatus[];
  readonly kind?: string;
  readonly parent?: JobId;
  readonly correlation?: string;
  /** Only those of a schedule's ticks. */
  readonly schedule?: string;
  /** Only jobs after this one, in order of submission. */
  readonly after?: JobId;
  readonly limit?: number;
}

/** Reads of the jobs of a zone. */
export interface JobReader {
  /** A live kernel knows retired jobs, too. */
  get(id: JobId): JobView | undefined;
  /** Why a job that is ready does not run, in sentences; none when only a free slot is missing. Looks at every job. */
  heldBackBy(id: JobId): readonly string[];
  /** In order of submission; recalled jobs where they were recalled. Retired jobs are left out. */
  list(query?: JobQuery): IterableIterator<JobView>;
  /** Retired jobs included. */
  counts(): Readonly<Record<JobStatus, number>>;
  /** How many jobs have left the state, by how they ended. */
  retired(): Readonly<Record<JobOutcome['status'], number>>;
}

/** A zone's state as of one position, from a live kernel or from a replay of its log. */
export interface StateReader {
  readonly zone: ZoneId;
  readonly jobs: JobReader;
  readonly schedules: ScheduleReader;
  readonly vars: VarStore;
  readonly breakers: BreakerReader;
  readonly supervisors: SupervisorReader;
  readonly ladder: LadderReader;
  readonly capabilities: CapabilityReader;
  readonly agents: AgentReader;
  /** The world as of now; an unchanging view. */
  world(): WorldView;
  /** Number of events the state has seen. */
  readonly position: Position;
  /** Time of the last frame it has seen; 0 before the first. */
  readonly time: Instant;
  /** Root hash over all authoritative state. */
  digest(): Hash;
}

export interface SubscribeOptions {
  /** First position wanted. Default: what comes next. */
  readonly from?: Position;
  readonly signal?: Signal;
}

export interface DrainOptions {
  /** How long running attempts may go on before they are interrupted. Default 0. */
  readonly graceMs?: number;
}

/** Why a kernel does or does not decide. */
export type KernelPhase = 'booting' | 'running' | 'draining' | 'stopped' | 'failed';

/**
 * A zone's kernel. Guarantees: nothing is acknowledged, published or handed to a handler before it is durable; the same
 * command id has one outcome; a result counts only under the job's current lease.
 */
export interface Kernel {
  readonly zone: ZoneId;
  readonly phase: KernelPhase;
  /** Why the phase is `failed`: `DiskFull`, `StorageFailed`, `DataFolderReadOnly`, `LogDamaged`, `ZoneStopped`. */
  readonly failure: KernelError | undefined;
  /** The owner's handle. */
  readonly operator: CapabilityHandle;
  readonly kinds: readonly AnyKind[];

  /**
   * Derives a handle that allows a part of what another one allows, and answers when that is durable.
   *
   * @throws KernelError `CapabilityDenied` for more than that has, `InvalidInput`, `TooManyCapabilities`
   */
  derive(grant: CapabilityGrant, handle: CapabilityHandle): Promise<CapabilityHandle>;
  /** A handle that is known by its id, for who holds it or one above it. @throws KernelError `CapabilityDenied` */
  handle(id: HandleId, holder: CapabilityHandle): CapabilityHandle;
  /**
   * The handle of a token: what it allows, with counts that hold wherever and as often as it is accepted. The first time its
   * handles are derived, one for each of its blocks, and the answer comes when that is durable.
   *
   * @throws KernelError `TokenInvalid`, `TokenExpired`, `TokenRevoked`, `TokenTooLarge`, `TokenUnjudged`; `TooManyCapabilities`;
   * `UnsupportedOperation` when the kernel takes no tokens. Nothing of the token is in any of them.
   */
  accept(token: string): Promise<CapabilityHandle>;
  /**
   * Judges a look from outside. The operator may look at everything; others at jobs that they, or handles below, have
   * submitted, at others with `job.get:KIND/ID`, at events with `event.read:zone`, at health with `health.get:zone`.
   *
   * @throws KernelError `CapabilityDenied`, for a job in the same words whether there is one or not
   */
  mayRead(what: Readable, handle: CapabilityHandle): void;
  /**
   * Judges whether jobs of a kind may be submitted at all, before they are there: whoever takes in many asks first. What is
   * then submitted is judged again, and by more.
   *
   * @throws KernelError `CapabilityDenied`, `UnsupportedOperation`, `InvalidOperation`
   */
  maySubmit(kind: string, handle: CapabilityHandle): void;
  /**
   * Submits a command and answers when its outcome is durable.
   *
   * @throws KernelError `UnsupportedOperation`, `CapabilityDenied`, `InvalidInput`, `InvalidValue`, `InvalidSpec`,
   * `PayloadTooLarge`, `DependencyUnknown`, `CommandMismatch`, `QueueFull`, `KernelDraining`, `KernelStopped`, `ZoneStopped`,
   * `OutcomeUnknown`, and what an operation itself refuses with
   */
  submit<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<Receipt>;
  /** As `submit`, for a task; refuses an operation. */
  enqueue<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<TaskReceipt>;
  /** As `submit`, for an operation; refuses a task. */
  perform<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<OperationReceipt>;
  /**
   * Submits tasks in bulk; dependencies may name others of the batch. Checked as a whole before anything is queued. A
   * batch larger than a frame is written as several: a retry under the same `id` completes it without doubling. Ids are
   * derived from that `id`, so a command of a batch takes no `id` or `dedupKey` of its own.
   *
   * @throws as `submit`; `QueueFull` for the batch as a whole, before anything of it is queued; `DuplicateId`, `DependencyCycle` with `data.cycle`
   */
  enqueueAll(
    commands: readonly Command[],
    handle: CapabilityHandle,
    options?: { readonly id?: string },
  ): Promise<readonly TaskReceipt[]>;

  /**
   * Runs a query over the state and answers once everything it could see is durable. The reader is good for the
   * duration of the call only.
   */
  read<T>(query: (state: StateReader) => T): Promise<T>;
  /** How a job ended; waits until it has, durably. @throws KernelError `JobNotFound`, `KernelStopped` */
  outcome(job: JobId, options?: { readonly signal?: Signal }): Promise<JobOutcome>;
  /** Events by position, without gap or double: from the log first, then live. */
  events(options?: SubscribeOptions): AsyncIterable<RecordedEvent>;
  /** Changes of variables, from the event stream. */
  watchVars(options?: SubscribeOptions & { readonly prefix?: string }): AsyncIterable<VarChanged>;
  /** Volatile progress of running jobs. Returns the unsubscribing call. */
  onProgress(listener: (job: JobId, progress: Progress) => void): () => void;

  health(): Health;
  readonly log: { readonly statistics: LogStatistics; readonly head: LogHead };

  /** Takes no new work and interrupts what runs, without burning attempts; a job in the log. */
  drain(options?: DrainOptions): Promise<void>;
  /** Drains, records the shutdown, closes the log. Idempotent. */
  stop(options?: DrainOptions): Promise<void>;
}
