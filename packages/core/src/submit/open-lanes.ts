import type { AgentId, HandleId, JobSpec } from '@tksm/abstractions';
import { isLiveAgent, stoppedAgent } from '../agents/live-agent.ts';
import type { Engine } from '../kernel/engine.ts';

/**
 * The lane of an agent takes new jobs while the agent lives; those that others put there before run on. Who may put none
 * there is told nothing else.
 *
 * @throws KernelError `AgentStopped`, `CapabilityDenied`
 */
export function checkLanes(
  jobs: readonly { readonly spec: JobSpec }[],
  by: HandleId,
  { state, authority, now }: Pick<Engine, 'state' | 'authority' | 'now'>,
): void {
  const { agents } = state;
  for (const { spec } of jobs) {
    if (spec.agent === undefined) continue;
    const agent = agents.get(spec.agent as AgentId);
    if (agent === undefined || isLiveAgent(agent, { state, now })) continue;
    // Nobody who acts is this agent: its handle has ended with it.
    authority.check(by, { action: 'agent.schedule-task', resource: agents.pathOf(agent.id) }, now);
    throw stoppedAgent(agent);
  }
}
