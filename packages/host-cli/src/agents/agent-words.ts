import type { AgentEvent } from '@tksm/abstractions';

/** What an event of an agent says, in a few words. */
export function agentWords(event: AgentEvent): string {
  const { agent } = event;
  switch (event.type) {
    case 'agent.spawned':
      return `${agent}: ${event.name}`;
    case 'agent.task-scheduled':
      return `${agent}: ${event.description ?? event.job}`;
    case 'agent.observed':
      return event.topic === undefined ? agent : `${agent}: ${event.topic}`;
    case 'agent.subscribed':
      return `${agent} to ${event.to}${event.topics === undefined ? '' : `: ${event.topics.join(', ')}`}`;
    case 'agent.unsubscribed':
      return `${agent} from ${event.to}`;
    case 'agent.received':
      return `${agent}: up to ${event.upTo}`;
    case 'agent.stopped':
      return `${agent}: ${event.reason}`;
  }
}
