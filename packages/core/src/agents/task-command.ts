import { fromStored, JOB_OPTIONS, KernelError } from '@tksm/abstractions';
import type { AgentId, Command, StoredObject } from '@tksm/abstractions';

/** What the agent decides, or what makes no sense for a job with a derived id. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  ...['agent', 'dependsOn', 'onDependencyFailure'],
  ...['dedupKey', 'dedupWindowMs', 'debounce'],
]);
const OPTIONS = JOB_OPTIONS.filter((option) => !NOT_TAKEN.has(option));
const FIELDS: ReadonlySet<string> = new Set(['agent', 'description', 'kind', 'input', ...OPTIONS]);

/** The job that an agent's task is, as a command: in the agent's lane. @throws KernelError `InvalidSpec` */
export function taskCommand(agent: AgentId, given: StoredObject): Command {
  const other = Object.keys(given).find((field) => !FIELDS.has(field));
  if (other !== undefined) {
    const message = `a task of an agent takes no ${other}`;
    throw new KernelError('InvalidSpec', message, { data: { field: other } });
  }
  const { agent: _, description: __, input, ...options } = given;
  const command = { ...options, agent } as unknown as Command;
  return input === undefined ? command : { ...command, input: fromStored(input) };
}
