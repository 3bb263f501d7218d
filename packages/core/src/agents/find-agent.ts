import { agentId, KernelError } from '@tksm/abstractions';
import type { AgentId, StoredObject } from '@tksm/abstractions';
import type { Asks } from '../operations/asks.ts';
import { textField } from '../operations/operation.ts';
import type { OperationScope } from '../operations/operation.ts';
import type { AgentState } from '../state/agent-state.ts';
import { isLiveAgent, stoppedAgent } from './live-agent.ts';

/** A right on the agent that a field names: it goes by its path. */
export function asksForAgent(action: string, field = 'agent'): Asks {
  return (input, { state }) => [{ action, resource: state.agents.pathOf(agentField(input, field)) }];
}

/** @throws KernelError `InvalidInput` */
export function agentField(input: StoredObject, field = 'agent'): AgentId {
  return agentId(textField(input, field));
}

/** @throws KernelError `AgentNotFound` */
export function findAgent(
  input: StoredObject,
  { state }: Pick<OperationScope, 'state'>,
  field = 'agent',
): AgentState {
  const id = agentField(input, field);
  const agent = state.agents.get(id);
  if (agent !== undefined) return agent;
  throw new KernelError('AgentNotFound', `there is no agent ${id}`, { data: { agent: id } });
}

/** An agent whose handle is live. @throws KernelError `AgentNotFound`, `AgentStopped` */
export function findLive(
  input: StoredObject,
  scope: Pick<OperationScope, 'state' | 'now'>,
  field = 'agent',
): AgentState {
  const agent = findAgent(input, scope, field);
  if (isLiveAgent(agent, scope)) return agent;
  throw stoppedAgent(agent);
}
