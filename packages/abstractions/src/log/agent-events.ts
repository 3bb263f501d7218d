import type { AgentLag } from '../agents/agent.ts';
import type { AgentId, HandleId, JobId, Position } from '../runtime/ids.ts';
import type { StoredValue } from '../values/value.ts';

/** An agent is there. Its handle was derived in the same group: below its parent's, or below that of who spawned it. */
export interface AgentSpawned {
  readonly type: 'agent.spawned';
  readonly v: 1;
  readonly agent: AgentId;
  readonly by: HandleId;
  readonly name: string;
  readonly description?: string;
  readonly parent?: AgentId;
  readonly handle: HandleId;
}

/** A job was submitted in the agent's lane, under the agent's handle: the event after this one. */
export interface AgentTaskScheduled {
  readonly type: 'agent.task-scheduled';
  readonly v: 1;
  readonly agent: AgentId;
  readonly by: HandleId;
  readonly job: JobId;
  readonly description?: string;
}

/** An agent has seen something: it goes to every agent that listens. */
export interface AgentObserved {
  readonly type: 'agent.observed';
  readonly v: 1;
  readonly agent: AgentId;
  readonly by: HandleId;
  readonly topic?: string;
  /** A value, or the reference of a blob with it: `{ hash, size }`. */
  readonly data: StoredValue;
}

/** An agent listens to another one, from here on. It goes before what it was subscribed to of that one. */
export interface AgentSubscribed {
  readonly type: 'agent.subscribed';
  readonly v: 1;
  readonly agent: AgentId;
  readonly by: HandleId;
  readonly to: AgentId;
  readonly topics?: readonly string[];
}

export interface AgentUnsubscribed {
  readonly type: 'agent.unsubscribed';
  readonly v: 1;
  readonly agent: AgentId;
  readonly by: HandleId;
  readonly to: AgentId;
}

/** An agent was given what was in its inbox. */
export interface AgentReceived {
  readonly type: 'agent.received';
  readonly v: 1;
  readonly agent: AgentId;
  readonly by: HandleId;
  /** The last observation that it was given, or has missed; those before it are out of the inbox, too. */
  readonly upTo: Position;
  /** Present when it was told what had found no place: delivery goes on. */
  readonly missed?: AgentLag;
}

/** An agent was stopped, and all below it with it: their handles are revoked by the event after this one. */
export interface AgentStopped {
  readonly type: 'agent.stopped';
  readonly v: 1;
  readonly agent: AgentId;
  readonly by: HandleId;
  readonly reason: string;
}

export type AgentEvent =
  | AgentSpawned
  | AgentTaskScheduled
  | AgentObserved
  | AgentSubscribed
  | AgentUnsubscribed
  | AgentReceived
  | AgentStopped;
