import { agentTree } from '../agents/agent-tree.ts';
import { describeAgent } from '../agents/describe-agent.ts';
import { findAgent } from '../agents/find-agent.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { treeLines } from '../terminal/tree.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import { shortNames } from '../zone/job-names.ts';

export const agentShow: Handler = async (call) => {
  const { args, flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const agent = findAgent(state.agents, args[0] ?? '');
  const capability = state.capabilities.get(agent.handle);
  const jobs = [...state.jobs.list()];
  if (output.settings.json) {
    const below = [...state.agents.list()].filter(({ path }) => path.startsWith(`${agent.path}/`));
    const lane = jobs.filter(({ spec }) => spec.agent === agent.id);
    output.document({
      ...{ agent, capability: capability ?? null, below },
      jobs: lane.map(({ id, status }) => ({ id, status })),
    });
    return EXIT.ok;
  }
  const { style } = output;
  for (const line of describeAgent(agent, capability, { style, now })) output.line(line);
  const tree = agentTree(agent, {
    ...{ style, jobs, agents: [...state.agents.list()], names: shortNames(jobs) },
  });
  if (tree.branches.length > 0) for (const line of ['', ...treeLines(tree)]) output.line(line);
  return EXIT.ok;
};
