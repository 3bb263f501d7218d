import { agentId, KernelError } from '@tksm/abstractions';
import type { AgentReader, AgentView } from '@tksm/abstractions';

/** Candidates that an ambiguous text is answered with. */
const MAX_CANDIDATES = 5;

/**
 * The agent that a text names: an id in full, a start of at least four digits that only one has, or a name that only one has;
 * live ones go before those that were stopped.
 *
 * @throws KernelError `AgentNotFound`, `UsageError` when several match
 */
export function findAgent(agents: AgentReader, text: string): AgentView {
  if (/^[0-9a-f]{32}$/.test(text)) {
    const found = agents.get(agentId(text));
    if (found !== undefined) return found;
  }
  const isStart = /^[0-9a-f]{4,31}$/.test(text);
  const named = [...agents.list()].filter(
    ({ id, name }) => name === text || (isStart && id.startsWith(text)),
  );
  const live = named.filter(({ status }) => status === 'live');
  const found = live.length > 0 ? live : named;
  const [first] = found;
  if (first === undefined) {
    const message = `there is no agent ${text}`;
    throw new KernelError('AgentNotFound', message, { data: { agent: text }, next: 'tksm agent ls' });
  }
  if (found.length === 1) return first;
  const candidates = found.slice(0, MAX_CANDIDATES).map(({ id }) => id);
  const message = `${text} could be ${found.length} agents: ${candidates.join(', ')}…`;
  throw new KernelError('UsageError', message, { data: { candidates }, next: 'type more of the id' });
}
