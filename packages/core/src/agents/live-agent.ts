import { KernelError } from '@tksm/abstractions';
import type { Instant } from '@tksm/abstractions';
import type { AgentState } from '../state/agent-state.ts';
import type { KernelState } from '../state/kernel-state.ts';

interface Moment {
  readonly state: Pick<KernelState, 'capabilities'>;
  readonly now: Instant;
}

/** Whether the handle of an agent is live. */
export function isLiveAgent({ handle }: AgentState, { state, now }: Moment): boolean {
  return state.capabilities.isLive(handle, now);
}

/** How an agent that is not live refuses. */
export function stoppedAgent({ id, stopped }: AgentState): KernelError {
  const why = stopped === undefined ? 'its handle has expired' : stopped.reason;
  return new KernelError('AgentStopped', `agent ${id} has stopped: ${why}`, { data: { agent: id } });
}
