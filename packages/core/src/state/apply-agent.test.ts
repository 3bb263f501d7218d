import { agentId, handleId } from '@tksm/abstractions';
import type { AgentEvent, AgentId } from '@tksm/abstractions';
import { expect, it } from 'vitest';
import { AGENT_STATE_LIMITS } from '../agents/agent-limits.ts';
import { nextReceived } from '../agents/next-received.ts';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import { applyAgentEvent } from './apply-agent.ts';
import { KernelState } from './kernel-state.ts';

const by = OPERATOR_ID;
const DATA = 'x'.repeat(63_998);
const PER_INBOX = 16;
/** As many inboxes as the zone has room for, and one that finds a part of its room, and one that finds none. */
const PAIRS = Math.floor(AGENT_STATE_LIMITS.waitingBytes / (PER_INBOX * 64_000)) + 2;

class Zone {
  readonly state = new KernelState();
  #position = 0;

  apply(event: AgentEvent): void {
    applyAgentEvent(this.state, event, (this.#position += 1), 0);
  }

  spawn(n: number): AgentId {
    const agent = agentId(n.toString(16).padStart(32, '0'));
    this.apply({ type: 'agent.spawned', v: 1, agent, by, name: 'a', handle: handleId(`h${n}`) });
    return agent;
  }

  agent(id: AgentId) {
    const agent = this.state.agents.get(id);
    if (agent === undefined) throw new Error('no such agent');
    return agent;
  }

  receive(agent: AgentId) {
    const { messages, upTo, missed } = nextReceived(this.agent(agent), 100);
    if (upTo !== undefined)
      this.apply({ type: 'agent.received', v: 1, agent, by, upTo, ...(missed && { missed }) });
    return { messages, missed };
  }
}

it('counts as lag what the zone has no room for, and goes on when that was told, also to an empty inbox', () => {
  const zone = new Zone();
  const { state } = zone;
  const pairs = Array.from({ length: PAIRS }, (_, n) => {
    const [source, listener] = [zone.spawn(2 * n), zone.spawn(2 * n + 1)];
    zone.apply({ type: 'agent.subscribed', v: 1, agent: listener, by, to: source });
    return { source, listener };
  });
  for (const { source } of pairs)
    for (let n = 0; n < PER_INBOX; n++)
      zone.apply({ type: 'agent.observed', v: 1, agent: source, by, data: DATA });
  expect(state.observations.bytes).toBeLessThanOrEqual(AGENT_STATE_LIMITS.waitingBytes);
  expect(state.observations.bytes).toBeGreaterThan(AGENT_STATE_LIMITS.waitingBytes - 64_000);
  const lags = pairs.map(({ listener }) => zone.agent(listener).lag?.count ?? 0);
  expect(lags.slice(0, -2).every((count) => count === 0)).toBe(true);
  expect(lags.at(-2)).toBeGreaterThan(0);
  expect(lags.at(-1)).toBe(PER_INBOX);

  const [first, last] = [pairs[0], pairs.at(-1)];
  if (first === undefined || last === undefined) throw new Error('no pairs');
  const told = zone.receive(last.listener);
  expect(told).toMatchObject({ messages: [], missed: { count: PER_INBOX } });
  expect(zone.agent(last.listener).lag).toBeUndefined();
  zone.receive(first.listener);
  zone.apply({ type: 'agent.observed', v: 1, agent: last.source, by, data: 'again' });
  expect(zone.receive(last.listener).messages).toMatchObject([{ data: 'again' }]);
});

it('keeps nothing that nobody is to receive any more', () => {
  const zone = new Zone();
  const source = zone.spawn(0);
  const listeners = [zone.spawn(1), zone.spawn(2)];
  for (const agent of listeners) zone.apply({ type: 'agent.subscribed', v: 1, agent, by, to: source });
  zone.apply({ type: 'agent.observed', v: 1, agent: source, by, data: DATA });
  expect(zone.state.observations.bytes).toBe(64_000);
  const [one, other] = listeners;
  if (one === undefined || other === undefined) throw new Error('no listeners');
  zone.receive(one);
  expect(zone.state.observations.bytes).toBe(64_000);
  zone.apply({ type: 'agent.stopped', v: 1, agent: other, by, reason: 'r' } as AgentEvent);
  expect([...zone.state.observations.positions()]).toEqual([]);
  expect(zone.state.observations.bytes).toBe(0);
});
