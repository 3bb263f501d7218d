import { KernelError } from '@tksm/abstractions';
import type { AgentReceived, AgentSubscribed } from '@tksm/abstractions';
import { invalid, maxField, topicField, topicsField } from '../agents/agent-fields.ts';
import { AGENT_LIMITS } from '../agents/agent-limits.ts';
import { asksForAgent, findLive } from '../agents/find-agent.ts';
import { nextReceived } from '../agents/next-received.ts';
import { checkBlob, observedData } from '../agents/observation.ts';
import type { AgentState } from '../state/agent-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import type { KernelOperation } from './operation.ts';
import { sealedInput } from './sealed-input.ts';

const observe: KernelOperation = {
  name: 'agent.observe',
  asks: asksForAgent('agent.observe'),
  summary:
    'Records what an agent has seen, for all that listen to it: { agent, data, topic? }; data is a value, or { hash, size } of a blob',
  async prepare(given, preparation) {
    const input = await sealedInput(given, preparation);
    const data = observedData(input);
    if (preparation.isNew) await checkBlob(data, preparation.blobs);
    return input;
  },
  perform(input, scope) {
    const { id: agent } = findLive(input, scope);
    const what = { agent, by: scope.by, ...topicField(input), data: observedData(input) };
    // The answer to a named command is an event of its own, before this one.
    const position = scope.position + (scope.cmd === undefined ? 0 : 1);
    return { output: { agent, position }, events: [{ type: 'agent.observed', v: 1, ...what }] };
  },
};

const subscribe: KernelOperation = {
  name: 'agent.subscribe',
  asks: (input, zone) => [
    ...asksForAgent('agent.subscribe')(input, zone),
    ...asksForAgent('agent.listen', 'to')(input, zone),
  ],
  summary:
    'Has an agent listen to another one, to all it observes or to topics: { agent, to, topics? }; again: to these instead',
  perform(input, scope) {
    const agent = findLive(input, scope);
    const to = findLive(input, scope, 'to');
    const topics = topicsField(input);
    if (agent === to) throw invalid('to', 'an agent does not listen to itself');
    if (!agent.subscriptions.has(to.id)) checkRoom(agent, to, scope.state);
    const output = { agent: agent.id, to: to.id };
    const event: AgentSubscribed = { type: 'agent.subscribed', v: 1, by: scope.by, ...output, ...topics };
    return { output, events: [event] };
  },
};

const unsubscribe: KernelOperation = {
  name: 'agent.unsubscribe',
  asks: asksForAgent('agent.subscribe'),
  summary: 'Ends a subscription; what it has delivered stays in the inbox: { agent, to }',
  perform(input, scope) {
    const agent = findLive(input, scope);
    const [subscription] = [...agent.subscriptions.values()].filter(({ to }) => to === input['to']);
    if (subscription === undefined) return { output: { agent: agent.id, changed: false }, events: [] };
    const what = { agent: agent.id, by: scope.by, to: subscription.to };
    return {
      output: { agent: agent.id, changed: true },
      events: [{ type: 'agent.unsubscribed', v: 1, ...what }],
    };
  },
};

const receive: KernelOperation = {
  name: 'agent.receive',
  asks: asksForAgent('agent.receive'),
  summary:
    'Takes the oldest observations out of an inbox: { agent, max? }; gives { messages, left, missed? }; missed are positions of the log between which the rest is',
  perform(input, scope) {
    const agent = findLive(input, scope);
    const { messages, upTo, left, missed } = nextReceived(agent, maxField(input));
    const told = missed === undefined ? {} : { missed: { ...missed } };
    const output = { agent: agent.id, messages, left, ...told };
    if (upTo === undefined) return { output, events: [] };
    const event: AgentReceived = {
      ...{ type: 'agent.received', v: 1, agent: agent.id, by: scope.by, upTo },
      ...(missed !== undefined && { missed }),
    };
    return { output, events: [event] };
  },
};

/** What agents see and tell one another. */
export const OBSERVATION_OPERATIONS: readonly KernelOperation[] = [observe, subscribe, unsubscribe, receive];

/** @throws KernelError `InvalidOperation` */
function checkRoom(agent: AgentState, to: AgentState, { agents }: KernelState): void {
  const { subscriptions, listeners } = AGENT_LIMITS;
  if (agent.subscriptions.size >= subscriptions)
    throw tooMany(agent, `listens to ${subscriptions} others, as many as one may`, subscriptions);
  if (agents.listenersTo(to.id).size >= listeners)
    throw tooMany(to, `has ${listeners} that listen to it, as many as one may have`, listeners);
}

function tooMany({ id }: AgentState, what: string, limit: number): KernelError {
  return new KernelError('InvalidOperation', `agent ${id} ${what}`, {
    ...{ data: { agent: id, limit }, next: 'unsubscribe what is needed no more' },
  });
}
