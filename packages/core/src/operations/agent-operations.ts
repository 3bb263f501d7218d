import { agentId, jobId } from '@tksm/abstractions';
import type {
  AgentSpawned,
  AgentTaskScheduled,
  JobId,
  JobSpec,
  JobSubmitted,
  StoredValue,
} from '@tksm/abstractions';
import { boundedText, descriptionField } from '../agents/agent-fields.ts';
import { agentField, asksForAgent, findAgent, findLive } from '../agents/find-agent.ts';
import { rightsOfSelf } from '../agents/self-rights.ts';
import { taskCommand } from '../agents/task-command.ts';
import { derivationOf } from '../authority/derivation.ts';
import { derivedBelow } from '../authority/derived-below.ts';
import { deriveIdAt, deriveJobId } from '../jobs/derive-id.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';
import { sealedInput } from './sealed-input.ts';

const spawn: KernelOperation = {
  name: 'agent.spawn',
  asks: (input, zone) =>
    input['parent'] === undefined
      ? [{ action: 'agent.spawn', resource: 'root' }]
      : asksForAgent('agent.spawn', 'parent')(input, zone),
  summary:
    'Spawns an agent with a part of what its parent, or you, may do: { name, rights, caveats?, description?, parent? }; gives { agent, handle, path }',
  perform(input, scope) {
    const name = boundedText(input, 'name');
    const parent = input['parent'] === undefined ? undefined : findLive(input, scope, 'parent');
    const agent = agentId(deriveIdAt(scope.state, 'agent'));
    const path = parent === undefined ? agent : `${scope.state.agents.pathOf(parent.id)}/${agent}`;
    const rights = rightsOfSelf(input['rights'], path);
    const derivation = derivationOf({ rights, caveats: input['caveats'], note: `agent ${agent}` });
    const derived = derivedBelow(parent?.handle ?? scope.by, derivation, scope);
    const { handle } = derived;
    const spawned: AgentSpawned = {
      ...{ type: 'agent.spawned', v: 1, agent, by: scope.by, name },
      ...descriptionField(input),
      ...(parent !== undefined && { parent: parent.id }),
      handle,
    };
    return { output: { agent, handle, path }, events: [derived, spawned] };
  },
};

const scheduleTask: KernelOperation = {
  name: 'agent.schedule-task',
  asks: (input, zone) =>
    asksForAgent('agent.schedule-task')(input, zone).map((asked) => ({
      ...asked,
      kind: textField(input, 'kind'),
    })),
  summary:
    'Submits a job in the lane of an agent, under its handle: { agent, kind, input?, description? } and the options of a job; gives { agent, job }',
  async prepare(given, preparation) {
    const input = await sealedInput(given, preparation);
    const agent = agentField(input);
    textField(input, 'kind');
    const spec = await preparation.specOf(taskCommand(agent, input));
    return { agent, ...descriptionField(input), spec: spec as unknown as StoredValue };
  },
  perform(input, scope) {
    const agent = findLive(input, scope);
    const spec = input['spec'] as unknown as JobSpec;
    scope.admission.check([{ spec }], scope.now);
    const job = newTaskId(scope);
    const scheduled: AgentTaskScheduled = {
      ...{ type: 'agent.task-scheduled', v: 1, agent: agent.id, by: scope.by, job },
      ...descriptionField(input),
    };
    const submitted: JobSubmitted = { type: 'job.submitted', v: 1, job, by: agent.handle, spec };
    return { output: { agent: agent.id, job }, events: [scheduled, submitted] };
  },
};

const stop: KernelOperation = {
  name: 'agent.stop',
  asks: asksForAgent('agent.stop'),
  summary:
    'Stops an agent and all below it, and ends their jobs: { agent, reason? }; gives { agent, stopped }',
  perform(input, scope) {
    const { id, handle, stopped } = findAgent(input, scope);
    if (stopped !== undefined) return { output: { agent: id, stopped: false }, events: [] };
    const reason = input.reason === undefined ? 'stopped on request' : boundedText(input, 'reason');
    return {
      output: { agent: id, stopped: true },
      events: [
        { type: 'agent.stopped', v: 1, agent: id, by: scope.by, reason },
        // By itself: who had it stopped need not hold a handle above it.
        { type: 'capability.revoked', v: 1, handle, by: handle, reason },
      ],
    };
  },
};

export const AGENT_OPERATIONS: readonly KernelOperation[] = [spawn, scheduleTask, stop];

/** The id that the contract was made and sealed for. */
function newTaskId({ state, cmd }: OperationScope): JobId {
  return cmd === undefined ? jobId(deriveIdAt(state, 'task')) : deriveJobId(state.zone, cmd, 1);
}
