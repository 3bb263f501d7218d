import type { AgentView, CapabilityRecord, Instant } from '@tksm/abstractions';
import { factLines } from '../terminal/fact-lines.ts';
import type { Fact } from '../terminal/fact-lines.ts';
import type { Style } from '../terminal/style.ts';
import { printable } from '../terminal/text-width.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { caveatsText } from '../tokens/caveats-text.ts';

interface Describing {
  readonly style: Style;
  readonly now: Instant;
}

/** All facts of an agent, a line each. */
export function describeAgent(
  agent: AgentView,
  capability: CapabilityRecord | undefined,
  { style, now }: Describing,
): string[] {
  const { status, stopped, lag, subscriptions = [] } = agent;
  const moment = (instant: Instant): string => `${isoTime(instant)} (${relative(instant, now)})`;
  const facts: Fact[] = [
    ['id', agent.id],
    ['name', style.bold(printable(agent.name))],
    ['description', agent.description && printable(agent.description)],
    ['status', status === 'live' ? style.cyan(status) : style.dim(status)],
    ['stopped', stopped && `${moment(stopped.at)}: ${printable(stopped.reason)}`],
    ['spawned', `${moment(agent.time)} by handle ${agent.by}`],
    ['path', agent.parent && agent.path],
    ['handle', agent.handle],
    ['rights', capability?.rights.join(', ')],
    ['caveats', capability?.caveats && caveatsText(capability.caveats, now)],
    ['tasks', `${agent.openTasks} open, ${agent.tasks} scheduled in all`],
    ['inbox', `${agent.inbox?.length ?? 0} not received`],
    ['lag', lag && `${lag.count} more in the log, at ${lag.from} to ${lag.to}`],
    ...subscriptions.map(({ to, topics }): Fact => {
      const of = topics === undefined ? 'everything' : topics.map(printable).join(', ');
      return ['listens to', `${to}: ${of}`];
    }),
  ];
  return factLines(facts, style);
}
