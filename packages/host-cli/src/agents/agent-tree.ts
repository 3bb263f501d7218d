import type { AgentView, JobId, JobView } from '@tksm/abstractions';
import { statusPaint } from '../jobs/status-paint.ts';
import type { Style } from '../terminal/style.ts';
import { printable } from '../terminal/text-width.ts';
import type { Branch } from '../terminal/tree.ts';

/** Tasks of one agent that are shown; the latest, as those that are open come last. */
const MAX_TASKS = 20;

interface Drawing {
  readonly agents: readonly AgentView[];
  readonly jobs: readonly JobView[];
  readonly names: ReadonlyMap<JobId, string>;
  readonly style: Style;
}

/** An agent with its tasks, and the agents below it with theirs. */
export function agentTree(agent: AgentView, drawing: Drawing): Branch {
  const { agents, jobs, style } = drawing;
  const tasks = jobs.filter(({ spec }) => spec.agent === agent.id);
  const more = tasks.length - MAX_TASKS;
  const below = agents.filter(({ parent }) => parent === agent.id);
  const about = agent.status === 'live' ? agent.id : `${agent.id} stopped`;
  return {
    label: `${style.bold(printable(agent.name))} ${style.dim(about)}`,
    branches: [
      ...(more > 0 ? [{ label: style.dim(`… ${more} tasks before`), branches: [] }] : []),
      ...tasks.slice(-MAX_TASKS).map((job) => ({ label: taskLabel(job, drawing), branches: [] })),
      ...below.map((one) => agentTree(one, drawing)),
    ],
  };
}

function taskLabel({ id, spec, status }: JobView, { names, style }: Drawing): string {
  return `${statusPaint(status, style)(status)} ${style.dim(names.get(id) ?? id)} ${printable(spec.name ?? spec.kind)}`;
}
