import type { AgentEnd, AgentId, AgentSubscription, HandleId } from '@tksm/abstractions';
import { AGENT_STATE_LIMITS } from '../agents/agent-limits.ts';
import type { AgentState } from './agent-state.ts';

const NOBODY: ReadonlySet<AgentId> = new Set();

/**
 * The agents of a zone. Guarantees:
 *
 * 1. An agent is among the live ones only while its handle was not revoked.
 * 2. One that has ended has no subscriptions, nor does anyone listen to it; the latest to end are remembered.
 */
export class AgentTable {
  readonly #live = new Map<AgentId, AgentState>();
  /** In the order in which they ended. */
  readonly #stopped = new Map<AgentId, AgentState>();
  /** Derived. */
  readonly #byHandle = new Map<HandleId, AgentState>();
  /** Derived: who listens to an agent. */
  readonly #listeners = new Map<AgentId, Set<AgentId>>();

  get(id: AgentId): AgentState | undefined {
    return this.#live.get(id) ?? this.#stopped.get(id);
  }

  /** Live ones in the order in which they were spawned, then the others in the order in which they ended. */
  *values(): Generator<AgentState> {
    yield* this.#live.values();
    yield* this.#stopped.values();
  }

  /** The agent that holds a handle. */
  holding(handle: HandleId): AgentState | undefined {
    return this.#byHandle.get(handle);
  }

  /** Takes in one that was spawned, or restored. */
  add(agent: AgentState): void {
    if (agent.stopped !== undefined) {
      this.#stopped.set(agent.id, agent);
      return;
    }
    this.#live.set(agent.id, agent);
    this.#byHandle.set(agent.handle, agent);
    for (const subscription of agent.subscriptions.values()) this.subscribe(agent, subscription);
  }

  /** How rights name an agent: the ids from the topmost one down to it; one that is not there, by its own. */
  pathOf(id: AgentId): string {
    const path: AgentId[] = [id];
    for (let at = this.get(id)?.parent; at !== undefined; at = this.get(at)?.parent) path.unshift(at);
    return path.join('/');
  }

  /** Who listens to an agent. */
  listenersTo(id: AgentId): ReadonlySet<AgentId> {
    return this.#listeners.get(id) ?? NOBODY;
  }

  subscribe(agent: AgentState, subscription: AgentSubscription): void {
    const { to } = subscription;
    agent.subscriptions.set(to, subscription);
    const listeners = this.#listeners.get(to);
    if (listeners === undefined) this.#listeners.set(to, new Set([agent.id]));
    else listeners.add(agent.id);
  }

  unsubscribe(agent: AgentState, to: AgentId): void {
    agent.subscriptions.delete(to);
    const listeners = this.#listeners.get(to);
    listeners?.delete(agent.id);
    if (listeners?.size === 0) this.#listeners.delete(to);
  }

  /** Ends an agent. Gives the ids of all whose facts that changed. */
  end(agent: AgentState, end: AgentEnd): readonly AgentId[] {
    const { id } = agent;
    if (!this.#live.delete(id)) return [];
    this.#byHandle.delete(agent.handle);
    for (const to of [...agent.subscriptions.keys()]) this.unsubscribe(agent, to);
    const listeners = [...this.listenersTo(id)];
    for (const listener of listeners) this.#live.get(listener)?.subscriptions.delete(id);
    this.#listeners.delete(id);
    agent.stopped = end;
    this.#stopped.set(id, agent);
    return [id, ...listeners, ...this.#forget()];
  }

  #forget(): AgentId[] {
    const forgotten: AgentId[] = [];
    for (const id of this.#stopped.keys()) {
      if (this.#stopped.size <= AGENT_STATE_LIMITS.stopped) break;
      this.#stopped.delete(id);
      forgotten.push(id);
    }
    return forgotten;
  }
}
