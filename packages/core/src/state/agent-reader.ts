import type { AgentReader, AgentView } from '@tksm/abstractions';
import type { AgentState } from './agent-state.ts';
import type { KernelState } from './kernel-state.ts';

/** The agents of a state for others to see: copies, with their status as of now. */
export function agentReader(state: KernelState): AgentReader {
  return {
    get(id) {
      const agent = state.agents.get(id);
      return agent && viewOf(agent, state);
    },
    *list() {
      for (const agent of state.agents.values()) yield viewOf(agent, state);
    },
  };
}

function viewOf(agent: AgentState, { agents, capabilities, open, time }: KernelState): AgentView {
  const { id, handle } = agent;
  const status = capabilities.isLive(handle, time) ? 'live' : 'stopped';
  return { ...agent.record, status, path: agents.pathOf(id), openTasks: open.inLane(id) };
}
