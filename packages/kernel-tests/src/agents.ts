import { handleId } from '@tksm/abstractions';
import type {
  AgentId,
  AgentView,
  CapabilityHandle,
  JobId,
  StateReader,
  ValueObject,
} from '@tksm/abstractions';
import type { TestKernel } from '@tksm/testing';

/** An agent of a test, with its handle. */
export interface Spawned {
  readonly id: AgentId;
  readonly path: string;
  readonly handle: CapabilityHandle;
}

const RIGHTS = ['job.submit:**', 'agent.*:self/**', 'var.set:**', 'fact.emit:**'];

/** Performs an operation on agents, `agent.KIND`; by the operator unless it is said otherwise. */
export async function agentDoes(
  { kernel }: TestKernel,
  kind: string,
  input: ValueObject,
  by: CapabilityHandle = kernel.operator,
): Promise<ValueObject> {
  const { output } = await kernel.perform({ kind: `agent.${kind}`, input }, by);
  return output as ValueObject;
}

/** Spawns an agent: one that may do most things, unless its rights are given. */
export async function spawnAgent(
  test: TestKernel,
  input: ValueObject = {},
  by?: CapabilityHandle,
): Promise<Spawned> {
  const output = await agentDoes(test, 'spawn', { name: 'a', rights: RIGHTS, ...input }, by);
  const { agent, path, handle } = output as { agent: AgentId; path: string; handle: string };
  return { id: agent, path, handle: test.kernel.handle(handleId(handle), test.kernel.operator) };
}

export async function scheduleTask(
  test: TestKernel,
  { id }: Spawned,
  task: ValueObject,
  by?: CapabilityHandle,
): Promise<JobId> {
  const output = await agentDoes(test, 'schedule-task', { agent: id, input: 1, ...task }, by);
  return output['job'] as JobId;
}

export async function seenAgent({ kernel }: TestKernel, { id }: Spawned): Promise<AgentView> {
  return await kernel.read(({ agents }: StateReader) => {
    const found = agents.get(id);
    if (found === undefined) throw new Error(`there is no agent ${id}`);
    return found;
  });
}

/** What an agent has not been given before: the data of each. */
export async function receivedBy(test: TestKernel, { id }: Spawned, max = 100): Promise<readonly unknown[]> {
  const { messages } = await agentDoes(test, 'receive', { agent: id, max });
  return (messages as readonly ValueObject[]).map(({ data }) => data);
}
