import type { AgentEvent, KernelEvent } from '@tksm/abstractions';
import type { Effect } from './authority-auditor.ts';

/** What agents do, for the auditor: which rights their events need, found out from the log alone. */
export class AgentEffects {
  readonly #paths = new Map<string, string>();
  readonly #handles = new Map<string, string>();

  /** The effects of an event; an agent that it brings is known from then on. */
  take(event: AgentEvent): Effect[] {
    const path = this.#pathOf(event.agent);
    switch (event.type) {
      case 'agent.spawned': {
        const above = event.parent === undefined ? undefined : this.#pathOf(event.parent);
        this.#paths.set(event.agent, above === undefined ? event.agent : `${above}/${event.agent}`);
        this.#handles.set(event.agent, event.handle);
        return [{ action: 'agent.spawn', resource: above ?? 'root' }];
      }
      case 'agent.task-scheduled':
        return [{ action: 'agent.schedule-task', resource: path }];
      case 'agent.observed':
        return [{ action: 'agent.observe', resource: path }];
      case 'agent.subscribed':
        return [
          { action: 'agent.subscribe', resource: path },
          { action: 'agent.listen', resource: this.#pathOf(event.to) },
        ];
      case 'agent.unsubscribed':
        return [{ action: 'agent.subscribe', resource: path }];
      case 'agent.received':
        return [{ action: 'agent.receive', resource: path }];
      case 'agent.stopped':
        return [{ action: 'agent.stop', resource: path }];
    }
  }

  /** The handle that one was to be derived from which an agent is spawned with below another; undefined for a topmost one. */
  aboveOf({ parent }: Extract<KernelEvent, { readonly type: 'agent.spawned' }>): string | undefined {
    return parent === undefined ? undefined : this.#handles.get(parent);
  }

  #pathOf(agent: string): string {
    return this.#paths.get(agent) ?? agent;
  }
}
