import type { RightUse } from '../authority/use.ts';
import type { DriverCalled } from './driver-events.ts';
import type { JobDebounced, JobDeduplicated } from './flow-events.ts';
import type { SerializedError } from '../errors/kernel-error.ts';
import type { RejectedResult } from '../jobs/attempt-lease.ts';
import type { JobRecord, JobSpec, Progress } from '../jobs/job.ts';
import type { CommandId, HandleId, Hash, Instant, JobId, Position, ZoneId } from '../runtime/ids.ts';
import type { AgentEvent } from './agent-events.ts';
import type { BreakerEvent } from './breaker-events.ts';
import type { CapabilityEvent } from './capability-events.ts';
import type { LadderMoved } from './ladder-events.ts';
import type { StoredValue } from '../values/value.ts';
import type { ScheduleEvent } from './schedule-events.ts';
import type { Rewrite } from '../world/rewrite.ts';
import type { JobResumed } from './pause-events.ts';
import type { JobSuspended, MessageSent } from './wait-events.ts';
import type { SupervisorEvent } from './supervisor-events.ts';

/** A named fact of a package: what happened, in its own words. */
export interface Fact {
  readonly name: string;
  readonly data: StoredValue;
}

/** First event of every log: binds the zone into the hash chain. */
export interface ZoneCreated {
  readonly type: 'zone.created';
  readonly v: 1;
  readonly zone: ZoneId;
  /** Present when a leaf of the Merkle tree is made of the hashes of its events, so that one is proved alone (ADR 0023). */
  readonly eventLeaves?: true;
}

/** A process became the zone's sequencer. Leases of earlier incarnations end with it. */
export interface SequencerClaimed {
  readonly type: 'sequencer.claimed';
  readonly v: 1;
  readonly epoch: number;
  readonly incarnation: string;
}

export interface JobSubmitted {
  readonly type: 'job.submitted';
  readonly v: 1;
  readonly job: JobId;
  readonly by: HandleId;
  readonly spec: JobSpec;
  /** Present when the caller named the command. */
  readonly cmd?: CommandId;
}

export interface JobLeased {
  readonly type: 'job.leased';
  readonly v: 1;
  readonly job: JobId;
  /** Fencing token: grows with each lease of the job. */
  readonly epoch: number;
  readonly worker: string;
  readonly until: Instant;
  /** The token buckets that the lease took a token from, by name: when each would be full again. */
  readonly tokens?: Readonly<Record<string, Instant>>;
}

/** A lease was handed on: to a process or a thread that runs the handler. */
export interface JobAssigned {
  readonly type: 'job.assigned';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly worker: string;
}

export interface JobStepped {
  readonly type: 'job.stepped';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly name: string;
  readonly output: StoredValue;
  /** The message that the step took out of the inbox. */
  readonly received?: Position;
}

export interface JobProgressed {
  readonly type: 'job.progressed';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly progress: Progress;
}

/** The handler returned, and the job waits for its children. */
export interface JobReturned {
  readonly type: 'job.returned';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly output: StoredValue;
}

export interface JobSucceeded {
  readonly type: 'job.succeeded';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly output: StoredValue;
}

/** An attempt failed and another follows, not before `retryAt`. */
export interface JobAttemptFailed {
  readonly type: 'job.attempt-failed';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly error: SerializedError;
  readonly retryAt: Instant;
}

export interface JobFailed {
  readonly type: 'job.failed';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly error: SerializedError;
}

/** An attempt ended through no fault of its own; it does not count against the retries. */
export interface JobInterrupted {
  readonly type: 'job.interrupted';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly reason: 'drain' | 'incarnation-ended' | 'worker-lost';
}

/** Cancellation was asked for while an attempt runs. */
export interface JobCancelling {
  readonly type: 'job.cancelling';
  readonly v: 1;
  readonly job: JobId;
  readonly by: HandleId;
  readonly reason: string;
}

export interface JobCancelled {
  readonly type: 'job.cancelled';
  readonly v: 1;
  readonly job: JobId;
  readonly error: SerializedError;
  /** Present when somebody asked for it, and nothing ran that had to be told first. */
  readonly by?: HandleId;
}

/** The job waits for a person: its code is missing, or its dependency failed and it asked to be held. */
export interface JobHeld {
  readonly type: 'job.held';
  readonly v: 1;
  readonly job: JobId;
  readonly error: SerializedError;
  /** Present when somebody paused it. */
  readonly by?: HandleId;
}

/** A held or failed job was put back, with a fresh count of attempts. */
export interface JobReleased {
  readonly type: 'job.released';
  readonly v: 1;
  readonly job: JobId;
  readonly by: HandleId;
}

/** A result came under an old lease and changed nothing. */
export interface JobResultRejected {
  readonly type: 'job.result-rejected';
  readonly v: 1;
  readonly job: JobId;
  readonly epoch: number;
  readonly result: RejectedResult;
}

/** A retired job is needed again: its facts are put back into the state, where retention applies to it anew. */
export interface JobRecalled {
  readonly type: 'job.recalled';
  readonly v: 1;
  readonly job: JobId;
  readonly record: JobRecord;
}

/** The world changed: one atomic set of puts and deletes, with the fact that explains it. */
export interface WorldRewritten {
  readonly type: 'world.rewritten';
  readonly v: 1;
  readonly by: HandleId;
  readonly fact: Fact;
  readonly rewrite: Rewrite;
  /** What it was allowed as, where that is not a right on each of its keys. */
  readonly uses?: readonly RightUse[];
  readonly job?: JobId;
  /** With `output`: what a retry of the same command is answered. */
  readonly cmd?: CommandId;
  readonly output?: StoredValue;
  /** With `cmd`: SHA-256 of the canonical JSON of [kind, input]. Another request under the id is a mismatch. */
  readonly request?: Hash;
}

export interface FactEmitted {
  readonly type: 'fact.emitted';
  readonly v: 1;
  readonly by: HandleId;
  readonly fact: Fact;
  readonly job?: JobId;
}

/** An operation under a command id ended without changing the world. */
export interface CommandSettled {
  readonly type: 'command.settled';
  readonly v: 1;
  readonly cmd: CommandId;
  readonly by: HandleId;
  readonly output: StoredValue;
  /** SHA-256 of the canonical JSON of [kind, input]. Another request under the id is a mismatch. */
  readonly request?: Hash;
}

/**
 * A command for a kind that is not here: told for those who watch, and changes nothing. The same command may be taken once the
 * kind is there. Not every one is told: who asks in masses must not fill the log.
 */
export interface CommandRefused {
  readonly type: 'command.refused';
  readonly v: 1;
  readonly handle: HandleId;
  readonly kind: string;
  readonly error: SerializedError;
  readonly cmd?: CommandId;
  /** Refusals of this handle that were left out since the last one that was told. */
  readonly omitted?: number;
}

/** Settled jobs and answers to commands left the state. They stay in the log, and are found through the index. */
export interface RecordsRetired {
  readonly type: 'records.retired';
  readonly v: 1;
  readonly jobs: readonly JobId[];
  readonly commands?: readonly CommandId[];
}

/** The closed set of events. Stored events never change; old versions are upcast when read. */
export type KernelEvent =
  | ZoneCreated
  | SequencerClaimed
  | JobSubmitted
  | JobDebounced
  | JobDeduplicated
  | JobLeased
  | JobAssigned
  | JobStepped
  | JobProgressed
  | JobSuspended
  | JobResumed
  | JobReturned
  | JobSucceeded
  | JobAttemptFailed
  | JobFailed
  | JobInterrupted
  | JobCancelling
  | JobCancelled
  | JobHeld
  | JobReleased
  | JobResultRejected
  | JobRecalled
  | MessageSent
  | WorldRewritten
  | FactEmitted
  | CommandSettled
  | CommandRefused
  | RecordsRetired
  | ScheduleEvent
  | BreakerEvent
  | SupervisorEvent
  | LadderMoved
  | AgentEvent
  | CapabilityEvent
  | DriverCalled;

export type EventType = KernelEvent['type'];

/** An event with its place in the log. */
export interface RecordedEvent {
  readonly position: Position;
  readonly time: Instant;
  readonly event: KernelEvent;
}

/** Where a log ends. */
export interface LogHead {
  /** Number of events; the position the next one gets. */
  readonly position: Position;
  /** Hash of the last frame; {@link NO_HASH} when there is none. */
  readonly hash: Hash;
  /** Epoch of the last frame's sequencer; 0 when there is none. */
  readonly epoch: number;
  /** Time of the last frame; 0 when there is none. */
  readonly time: Instant;
}
