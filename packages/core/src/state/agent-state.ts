import type {
  AgentEnd,
  AgentId,
  AgentLag,
  AgentRecord,
  AgentSpawned,
  AgentSubscription,
  HandleId,
  Instant,
  Position,
} from '@tksm/abstractions';
import { AgentInbox } from '../agents/agent-inbox.ts';
import type { ObservationTable } from './observation-table.ts';

/** An agent's facts while they change. */
export class AgentState {
  readonly id: AgentId;
  readonly name: string;
  readonly description: string | undefined;
  readonly parent: AgentId | undefined;
  readonly handle: HandleId;
  readonly by: HandleId;
  readonly position: Position;
  readonly time: Instant;
  tasks = 0;
  readonly inbox: AgentInbox;
  lag: AgentLag | undefined = undefined;
  /** By whom it listens to. */
  readonly subscriptions = new Map<AgentId, AgentSubscription>();
  stopped: AgentEnd | undefined = undefined;

  constructor(record: Omit<AgentRecord, 'tasks'>, observations: ObservationTable) {
    this.id = record.id;
    this.name = record.name;
    this.description = record.description;
    this.parent = record.parent;
    this.handle = record.handle;
    this.by = record.by;
    this.position = record.position;
    this.time = record.time;
    this.inbox = new AgentInbox(observations, record.inbox);
  }

  /** The facts as a record of their own: what is absent is left out. */
  get record(): AgentRecord {
    const { id, name, handle, by, position, time, tasks } = this;
    const { positions } = this.inbox;
    return {
      ...{ id, name, handle, by, position, time, tasks },
      ...(this.description !== undefined && { description: this.description }),
      ...(this.parent !== undefined && { parent: this.parent }),
      ...(positions.length > 0 && { inbox: [...positions] }),
      ...(this.lag && { lag: this.lag }),
      ...(this.subscriptions.size > 0 && { subscriptions: [...this.subscriptions.values()] }),
      ...(this.stopped && { stopped: this.stopped }),
    };
  }
}

/** The agent of its first event. */
export function spawned(
  { agent: id, name, description, parent, handle, by }: AgentSpawned,
  position: Position,
  time: Instant,
  observations: ObservationTable,
): AgentState {
  const facts = {
    ...{ id, name, handle, by, position, time },
    ...(description !== undefined && { description }),
    ...(parent !== undefined && { parent }),
  };
  return new AgentState(facts, observations);
}

/** The agent of a record; what is in its inbox is there already. @throws KernelError `SnapshotDamaged` */
export function agentOf(record: AgentRecord, observations: ObservationTable): AgentState {
  const agent = new AgentState(record, observations);
  agent.tasks = record.tasks;
  agent.lag = record.lag;
  agent.stopped = record.stopped;
  for (const subscription of record.subscriptions ?? [])
    agent.subscriptions.set(subscription.to, subscription);
  return agent;
}
