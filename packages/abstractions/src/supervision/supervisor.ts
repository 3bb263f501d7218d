import type { JobSpec } from '../jobs/job.ts';
import type { HandleId, Instant, JobId, Position } from '../runtime/ids.ts';

/** Which children are restarted when one is: itself, all of them, or itself and those after it. */
export type RestartStrategy = 'one-for-one' | 'one-for-all' | 'rest-for-one';
/** When a child that ended is started again: always, after an abnormal end, never. */
export type RestartType = 'permanent' | 'transient' | 'temporary';
/** Whether a supervisor ends itself when a significant child, or the last one of them, has ended for good. */
export type AutoShutdown = 'never' | 'any-significant' | 'all-significant';

/** How a child ended: its job succeeded, was cancelled, or failed. A supervisor that is a child ends with `shutdown`. */
export type ExitReason = 'normal' | 'shutdown' | 'abnormal';
/** Why a supervisor ended: it was told to, its children restarted too often, or its significant children are done. */
export type SupervisorEnd = 'stopped' | 'intensity' | 'auto-shutdown';

/** What all children have in common. */
export interface ChildBase {
  /** 1 to 64 letters, digits and `_ . : -`; unique among the children of its supervisor. */
  readonly id: string;
  readonly restart: RestartType;
  readonly significant?: true;
}

/** A child that is a job: the contract of each of its runs. */
export interface JobChild extends ChildBase {
  readonly job: JobSpec;
  /** How long a handler that was told to stop may take before its lease is taken away. Default 5 s. */
  readonly shutdownMs?: number;
}

/** A child that is a supervisor. It may take as long as its own children to stop. */
export interface SupervisorChild extends ChildBase {
  readonly supervisor: SupervisorSpec;
}

export type ChildSpec = JobChild | SupervisorChild;

/** What a supervisor does, as it stands in the log. */
export interface SupervisorSpec {
  readonly strategy: RestartStrategy;
  /** With more than this many restarts within the period it gives up. */
  readonly intensity: number;
  readonly periodMs: number;
  readonly autoShutdown: AutoShutdown;
  /** In the order in which they are started. They are stopped in reverse. */
  readonly children: readonly ChildSpec[];
}

/** What a job that is a child says of its supervisor. */
export interface SupervisedBy {
  readonly supervisor: string;
  readonly child: string;
  readonly shutdownMs?: number;
}

/** A child as it is now. */
export interface ChildRecord {
  readonly spec: ChildSpec;
  /** How often it was started. */
  readonly starts: number;
  /** Its current run, until the supervisor has taken note of its end. A run without a job is a supervisor. */
  readonly run?: { readonly job?: JobId; readonly exited?: ExitReason };
}

/** What a supervisor takes note of, one after the other. */
export type SupervisorMessage = { readonly exit: string } | { readonly stop: true };

/** What a supervisor is about to do: first stop children, then start some, then end. */
export interface SupervisorPlan {
  readonly stop: readonly string[];
  readonly start: readonly string[];
  readonly end?: SupervisorEnd;
}

/** The facts of a supervisor. */
export interface SupervisorRecord extends Omit<SupervisorSpec, 'children'> {
  /** Its own id after those of the supervisors above it: `shop/payments`. */
  readonly id: string;
  readonly by: HandleId;
  readonly startedAt: Instant;
  readonly position: Position;
  readonly children: readonly ChildRecord[];
  /** When it restarted children, newest first; those within the period and no more. */
  readonly restarts: readonly Instant[];
  readonly mailbox: readonly SupervisorMessage[];
  /** Absent when it has nothing under way. */
  readonly plan?: SupervisorPlan;
  /** A supervisor under no other that gave up is kept, so that people see it. */
  readonly ended?: { readonly why: SupervisorEnd; readonly at: Instant };
}

/** Reads of the supervisors of a zone. */
export interface SupervisorReader {
  get(id: string): SupervisorRecord | undefined;
  /** In the order in which they were started. */
  list(): IterableIterator<SupervisorRecord>;
}
