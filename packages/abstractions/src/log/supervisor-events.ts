import type { HandleId, JobId } from '../runtime/ids.ts';
import type { ChildSpec, ExitReason, SupervisorEnd, SupervisorSpec } from '../supervision/supervisor.ts';

/** A supervisor is there, and begins to start its children. One that is a child follows from its parent's spec. */
export interface SupervisorStarted {
  readonly type: 'supervisor.started';
  readonly v: 1;
  readonly supervisor: string;
  readonly by: HandleId;
  readonly spec: SupervisorSpec;
}

/** A child runs: as a job, or as a supervisor all of whose children run. */
export interface SupervisorChildStarted {
  readonly type: 'supervisor.child-started';
  readonly v: 1;
  readonly supervisor: string;
  readonly child: string;
  readonly job?: JobId;
}

/** The supervisor took note of a child's end, and does not start it again. */
export interface SupervisorChildExited {
  readonly type: 'supervisor.child-exited';
  readonly v: 1;
  readonly supervisor: string;
  readonly child: string;
  readonly reason: ExitReason;
}

/** A child's end counts as a restart: some children are stopped, in this order, then some are started. */
export interface SupervisorRestarting {
  readonly type: 'supervisor.restarting';
  readonly v: 1;
  readonly supervisor: string;
  readonly child: string;
  readonly reason: ExitReason;
  readonly stop: readonly string[];
  readonly start: readonly string[];
}

/** A supervisor was told to stop, by an operator or its parent. It does so after what it has under way. */
export interface SupervisorStopping {
  readonly type: 'supervisor.stopping';
  readonly v: 1;
  readonly supervisor: string;
  readonly by: HandleId;
}

/** A supervisor stops its children, in this order, and then ends. */
export interface SupervisorTerminating {
  readonly type: 'supervisor.terminating';
  readonly v: 1;
  readonly supervisor: string;
  readonly why: SupervisorEnd;
  readonly stop: readonly string[];
}

export interface SupervisorEnded {
  readonly type: 'supervisor.ended';
  readonly v: 1;
  readonly supervisor: string;
  readonly why: SupervisorEnd;
  /** Present when somebody had it forgotten after it gave up. */
  readonly by?: HandleId;
}

/** An operator added a child after the others, stops one, starts one again, or took one away. */
export interface SupervisorChildChanged {
  readonly type: 'supervisor.child-changed';
  readonly v: 1;
  readonly supervisor: string;
  readonly child: string;
  readonly by: HandleId;
  readonly change:
    | { readonly what: 'added'; readonly spec: ChildSpec }
    | { readonly what: 'stopping' | 'starting' | 'removed' };
}

export type SupervisorEvent =
  | SupervisorStarted
  | SupervisorChildStarted
  | SupervisorChildExited
  | SupervisorRestarting
  | SupervisorStopping
  | SupervisorTerminating
  | SupervisorEnded
  | SupervisorChildChanged;
