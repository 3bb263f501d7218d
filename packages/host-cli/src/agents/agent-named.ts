import type { AgentView } from '@tksm/abstractions';
import type { Invocation } from '../program/invocation.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import { findAgent } from './find-agent.ts';

/** The agent that a command names, as it is now. @throws KernelError `AgentNotFound`, `UsageError` */
export async function agentNamed(call: Invocation, text: string): Promise<AgentView> {
  const { state } = await look(await dataFolder(call));
  return findAgent(state.agents, text);
}
