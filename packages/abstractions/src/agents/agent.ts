import type { AgentId, HandleId, Instant, Position } from '../runtime/ids.ts';

/** Whom an agent listens to. */
export interface AgentSubscription {
  readonly to: AgentId;
  /** Only observations with one of these topics. Absent: all of them. */
  readonly topics?: readonly string[];
  /** The handle that subscribed it: when that has ended, nothing is delivered any more. */
  readonly by: HandleId;
}

/**
 * What came while an inbox, or the zone's room for observations, was full. It is not lost: it stands in the log, between these positions, as `agent.observed`.
 * Delivery goes on when the agent has received what was before.
 */
export interface AgentLag {
  /** The first one that is not in the inbox. */
  readonly from: Position;
  /** The last one so far. */
  readonly to: Position;
  readonly count: number;
}

/** How an agent ended. */
export interface AgentEnd {
  readonly position: Position;
  readonly at: Instant;
  readonly reason: string;
}

/** The facts of an agent: what the log says of it. One that was stopped is remembered for a while, the latest 1,000. */
export interface AgentRecord {
  readonly id: AgentId;
  /** For people; several may have the same. */
  readonly name: string;
  readonly description?: string;
  /** The agent it was spawned below: it has a part of what that one may do, and ends with it. */
  readonly parent?: AgentId;
  /** Its capability: what its tasks are allowed. */
  readonly handle: HandleId;
  /** The handle that had it spawned. */
  readonly by: HandleId;
  readonly position: Position;
  readonly time: Instant;
  /** Tasks that were scheduled so far. */
  readonly tasks: number;
  /** Where in the log the observations are that it has not received, oldest first. */
  readonly inbox?: readonly Position[];
  readonly lag?: AgentLag;
  readonly subscriptions?: readonly AgentSubscription[];
  readonly stopped?: AgentEnd;
}

/** Derived: an agent lives as long as its handle does. */
export type AgentStatus = 'live' | 'stopped';

/** An agent as people and programs see it. */
export interface AgentView extends AgentRecord {
  readonly status: AgentStatus;
  /** How rights name it: the ids from the topmost agent down to it, joined by `/`. */
  readonly path: string;
  /** Jobs in its lane that are not settled. */
  readonly openTasks: number;
}

/** Reads of the agents of a zone. */
export interface AgentReader {
  get(id: AgentId): AgentView | undefined;
  /** Those that were not stopped, in the order in which they were spawned; then those that were, in that order. */
  list(): IterableIterator<AgentView>;
}
