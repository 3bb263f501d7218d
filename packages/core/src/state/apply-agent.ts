import { KernelError } from '@tksm/abstractions';
import type {
  AgentEnd,
  AgentEvent,
  AgentId,
  AgentObserved,
  AgentReceived,
  AgentSubscribed,
  AgentSubscription,
  HandleId,
  Instant,
  MessageRecord,
  Position,
} from '@tksm/abstractions';
import { AGENT_STATE_LIMITS } from '../agents/agent-limits.ts';
import { bodyBytes } from '../inbox/inbox-state.ts';
import { spawned } from './agent-state.ts';
import type { AgentState } from './agent-state.ts';
import type { KernelState } from './kernel-state.ts';

/** Takes what happened to an agent into the state. */
export function applyAgentEvent(
  state: KernelState,
  event: AgentEvent,
  position: Position,
  time: Instant,
): void {
  const { agents } = state;
  if (event.type === 'agent.spawned') agents.add(spawned(event, position, time, state.observations));
  const agent = liveAgent(state, event.agent, position);
  switch (event.type) {
    case 'agent.spawned':
      break;
    case 'agent.task-scheduled':
      agent.tasks += 1;
      break;
    case 'agent.observed':
      deliver(state, event, position, time);
      return;
    case 'agent.subscribed':
      agents.subscribe(agent, subscriptionOf(event));
      break;
    case 'agent.unsubscribed':
      agents.unsubscribe(agent, event.to);
      break;
    case 'agent.received':
      receive(state, agent, event);
      break;
    case 'agent.stopped':
      endAgent(state, agent, { position, at: time, reason: event.reason });
      return;
  }
  state.touch('agent', agent.id);
}

/** Ends the agents whose handles are gone. */
export function endAgentsOf(state: KernelState, handles: readonly HandleId[], end: AgentEnd): void {
  for (const handle of handles) {
    const agent = state.agents.holding(handle);
    if (agent !== undefined) endAgent(state, agent, end);
  }
}

function endAgent(state: KernelState, agent: AgentState, end: AgentEnd): void {
  letGo(state, agent, end.position);
  agent.lag = undefined;
  for (const id of state.agents.end(agent, end)) state.touch('agent', id);
}

function subscriptionOf({ to, topics, by }: AgentSubscribed): AgentSubscription {
  return topics === undefined ? { to, by } : { to, topics, by };
}

/** Puts an observation into the inbox of each who listens: in the order of the log, which is the order of causes. */
function deliver(
  state: KernelState,
  { agent: from, topic, data: body }: AgentObserved,
  position: Position,
  time: Instant,
): void {
  const { agents, capabilities } = state;
  const bytes = bodyBytes(body);
  const message = { position, sentAt: time, from, ...(topic !== undefined && { topic }), body };
  for (const id of [...agents.listenersTo(from)]) {
    const listener = liveAgent(state, id, position);
    const subscription = listener.subscriptions.get(from);
    if (subscription === undefined) continue;
    if (!capabilities.isLive(subscription.by, time)) agents.unsubscribe(listener, from);
    else if (subscription.topics?.includes(topic ?? '') === false) continue;
    else put(state, listener, message, bytes);
    state.touch('agent', id);
  }
}

/** What finds no place, and everything after it, is counted, until what is before it has been received. */
function put(state: KernelState, agent: AgentState, message: MessageRecord, bytes: number): void {
  const { lag } = agent;
  const { position } = message;
  // Where others have it already, it takes no more room in the zone.
  const more = state.observations.get(position) === undefined ? bytes : 0;
  const isCrowded = state.observations.bytes + more > AGENT_STATE_LIMITS.waitingBytes;
  if (lag === undefined && !isCrowded && hasRoom(agent, bytes)) {
    agent.inbox.add(message);
    state.touch('observation', String(position));
    return;
  }
  agent.lag = { from: lag?.from ?? position, to: position, count: (lag?.count ?? 0) + 1 };
}

function hasRoom({ inbox }: AgentState, bytes: number): boolean {
  const limits = AGENT_STATE_LIMITS;
  return inbox.positions.length < limits.inbox && inbox.bytes + bytes <= limits.inboxBytes;
}

function receive(state: KernelState, agent: AgentState, { upTo, missed }: AgentReceived): void {
  letGo(state, agent, upTo);
  if (missed !== undefined) agent.lag = undefined;
}

/** What was received, or whose agent has ended, is kept for the others alone. */
function letGo(state: KernelState, { inbox }: AgentState, upTo: Position): void {
  for (const position of inbox.takeUpTo(upTo)) state.touch('observation', String(position));
}

/** @throws KernelError `LogDamaged` */
function liveAgent({ agents }: KernelState, id: AgentId, position: Position): AgentState {
  const agent = agents.get(id);
  if (agent !== undefined && agent.stopped === undefined) return agent;
  const message = `event ${position} is about agent ${id}, which is not there`;
  throw new KernelError('LogDamaged', message, { data: { position, agent: id } });
}
