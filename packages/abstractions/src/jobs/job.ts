import type { CapabilityClaim } from '../authority/capability.ts';
import type { RightUse } from '../authority/use.ts';
import type { SerializedError } from '../errors/kernel-error.ts';
import type { CommandId, HandleId, Instant, JobId, KindName, Position } from '../runtime/ids.ts';
import type { TickOf } from '../schedules/schedule.ts';
import type { StoredValue } from '../values/value.ts';
import type { MessageRecord, OpenWait } from './inbox.ts';
import type { SupervisedBy } from '../supervision/supervisor.ts';
import type { Lease } from './lease.ts';
import type { RetryPolicy } from './retry.ts';

/** 0 to 9; 9 goes first. */
export type Priority = number;
export const PRIORITY = Object.freeze({ lowest: 0, normal: 5, highest: 9 });

/** Where a job would like to run, and where it must. */
export interface Affinity {
  readonly require?: readonly string[];
  readonly prefer?: readonly string[];
}

/** What becomes of a job when a dependency fails or is cancelled. */
export type OnDependencyFailure = 'cancel' | 'run' | 'hold';

/** What a job's end means for its children: `await` holds its outcome back until they have settled. */
export type ChildPolicy = 'detach' | 'await';

/** Bundles submissions: while a job of the kind with this key has not begun, another submission replaces its input. */
export interface Debounce {
  readonly key: string;
  /** The job begins when so long no other submission has come. At most 30 days. */
  readonly ms: number;
  /** It begins at the latest so long after the first one. Default: ten times `ms`. */
  readonly maxMs?: number;
}

/** The job contract, as it stands in the log. Fields that are absent have their default. */
export interface JobSpec {
  readonly kind: KindName;
  /** The version of the kind it was submitted for; it runs under no other. */
  readonly version: number;
  readonly input: StoredValue;
  /** Label for people: the node of a graph, for example. */
  readonly name?: string;
  readonly priority?: Priority;
  /** Fails with `DeadlineExceeded` when not settled by then. */
  readonly deadline?: Instant;
  /** Longest time of one attempt. */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  readonly claims?: readonly CapabilityClaim[];
  /** What the call that it was submitted for is allowed as, in place of a right to submit its kind. */
  readonly uses?: readonly RightUse[];
  readonly affinity?: Affinity;
  /** What it needs of the outside: each has a breaker (ADR 0039). */
  readonly resources?: readonly string[];
  /** Whose slots it runs in. Absent: the pool named like an action it claims, or the default one. */
  readonly pool?: string;
  /** Who it counts against in fairness and quotas. */
  readonly origin?: string;
  readonly agent?: string;
  /** While a job of this kind with this key is not settled, another submission is that job. */
  readonly dedupKey?: string;
  /** With `dedupKey`: so long after its submission another one is that job also when it has settled. At most 30 days. */
  readonly dedupWindowMs?: number;
  readonly debounce?: Debounce;
  /** Not leased before then. */
  readonly notBefore?: Instant;
  readonly dependsOn?: readonly JobId[];
  readonly onDependencyFailure?: OnDependencyFailure;
  readonly parent?: JobId;
  readonly childPolicy?: ChildPolicy;
  readonly workspace?: string;
  /** Ties jobs of one request together. */
  readonly correlation?: string;
  /** The tick that submitted it. */
  readonly tick?: TickOf;
  /** Present when the job is a run of a supervisor's child. */
  readonly supervision?: SupervisedBy;
}

export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly message?: string;
}

export interface StepRecord {
  readonly name: string;
  readonly output: StoredValue;
}

/** How a job ended. */
export type JobOutcome =
  | { readonly status: 'succeeded'; readonly output: StoredValue }
  | { readonly status: 'failed'; readonly error: SerializedError }
  | { readonly status: 'cancelled'; readonly error: SerializedError };

/** Derived from a job's facts, never stored. */
export type JobStatus =
  'queued' | 'blocked' | 'delayed' | 'running' | 'waiting' | 'held' | 'succeeded' | 'failed' | 'cancelled';

/** The facts of a job: what the log says of it. */
export interface JobRecord {
  readonly id: JobId;
  readonly spec: JobSpec;
  readonly by: HandleId;
  /** Present when the caller named the command. */
  readonly cmd?: CommandId;
  readonly submittedAt: Instant;
  readonly position: Position;
  /** Fencing token of the latest lease; 0 before the first. */
  readonly epoch: number;
  /** Attempts that count against the retry policy. */
  readonly attempts: number;
  /** Attempts in a row that ended with their process, their worker or a drain; a step that completes begins anew. */
  readonly interruptions: number;
  /** Workers in a row that were lost while they ran it. Absent: none. */
  readonly workersLost?: number;
  readonly lease?: Lease;
  /** When its first attempt began; noted for a retry policy with `maxElapsedMs` only. */
  readonly tryingSince?: Instant;
  /** Not leased before then: a retry's delay. */
  readonly retryAt?: Instant;
  readonly steps?: readonly StepRecord[];
  /** The wait that its handler came to, until the step of it is recorded. */
  readonly wait?: OpenWait;
  /** Messages that it has not read, oldest first. */
  readonly inbox?: readonly MessageRecord[];
  readonly progress?: Progress;
  readonly cancelling?: string;
  readonly held?: SerializedError;
  /** An operator released it: a failed dependency holds it back no more. */
  readonly dependenciesWaived?: true;
  /** Output of a handler whose job waits for its children. */
  readonly returned?: { readonly output: StoredValue };
  readonly lastError?: SerializedError;
  readonly outcome?: JobOutcome;
  readonly settledAt?: Instant;
  /** How often it was put back after it had failed for good. */
  readonly redriven?: number;
}

/** A job as people and programs see it. */
export interface JobView extends JobRecord {
  readonly status: JobStatus;
  /** What it waits for, when its status is `waiting`. */
  readonly waitingFor?: 'children' | 'time' | 'message';
  /** It has left the state: what is shown comes from the index. */
  readonly retired?: true;
}
