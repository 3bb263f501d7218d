import { agentId, handleId } from '@tksm/abstractions';
import type { AgentRecord } from '@tksm/abstractions';
import { expect, it } from 'vitest';
import { AGENT_STATE_LIMITS } from '../agents/agent-limits.ts';
import { agentOf } from './agent-state.ts';
import { AgentTable } from './agent-table.ts';
import { ObservationTable } from './observation-table.ts';

const idAt = (n: number) => agentId(n.toString(16).padStart(32, '0'));
const end = { position: 9, at: 9, reason: 'r' };

function agentAt(n: number, more: Partial<AgentRecord> = {}) {
  const handle = handleId(`h${n}`);
  const facts = { id: idAt(n), name: 'a', handle, by: handle, position: n, time: n, tasks: 0, ...more };
  return agentOf(facts, new ObservationTable());
}

it('remembers the latest agents that ended, and forgets the oldest first', () => {
  const table = new AgentTable();
  const most = AGENT_STATE_LIMITS.stopped;
  for (let n = 0; n < most + 2; n++) table.add(agentAt(n));
  const changed = [...table.values()].map((agent) => table.end(agent, end));
  expect([...table.values()]).toHaveLength(most);
  expect(changed.at(-1)).toEqual([idAt(most + 1), idAt(1)]);
  expect(table.get(idAt(0))).toBeUndefined();
  expect(table.get(idAt(2))?.stopped).toEqual(end);
});

it('names an agent by the path to it', () => {
  const table = new AgentTable();
  table.add(agentAt(1));
  table.add(agentAt(2, { parent: idAt(1) }));
  table.add(agentAt(3, { parent: idAt(2) }));
  expect(table.pathOf(idAt(3))).toBe([1, 2, 3].map(idAt).join('/'));
  expect(table.pathOf(idAt(4))).toBe(idAt(4));
});

it('takes an agent that ends off everybody it listened to, and everybody off it', () => {
  const table = new AgentTable();
  const by = handleId('h');
  table.add(agentAt(1));
  table.add(agentAt(2, { subscriptions: [{ to: idAt(1), by }] }));
  table.add(agentAt(3, { subscriptions: [{ to: idAt(2), by }] }));
  const agent = table.get(idAt(2));
  expect(agent && table.end(agent, end)).toEqual([idAt(2), idAt(3)]);
  expect([...table.listenersTo(idAt(1)), ...table.listenersTo(idAt(2))]).toEqual([]);
  expect(table.get(idAt(3))?.record.subscriptions).toBeUndefined();
  expect(table.holding(handleId('h2'))).toBeUndefined();
});
