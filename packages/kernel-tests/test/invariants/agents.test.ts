import { noLogger } from '@tksm/abstractions';
import type { AgentId, Position, RecordedEvent, Value, ValueObject } from '@tksm/abstractions';
import { readState } from '@tksm/core';
import { createMemorySnapshots } from '@tksm/drivers-memory';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const who = fc.nat({ max: 5 });
const TOPICS = ['x', 'y'] as const;
const topic = fc.option(fc.constantFrom(...TOPICS), { nil: undefined });

const act = fc.oneof(
  { weight: 2, arbitrary: fc.record({ what: fc.constant('spawn' as const), who, isTop: fc.boolean() }) },
  { weight: 12, arbitrary: fc.record({ what: fc.constant('observe' as const), who, topic }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('subscribe' as const),
      ...{ who, to: who, topics: fc.option(fc.subarray([...TOPICS], { minLength: 1 }), { nil: undefined }) },
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('unsubscribe' as const), who, to: who }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('receive' as const), who, max: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('stop' as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('revoke' as const), who }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
/** What is asked for at once, so that answers and decisions overlap. */
const bursts = fc.array(fc.array(act, { minLength: 3, maxLength: 9, size: 'max' }), {
  ...{ minLength: 4, maxLength: 14, size: 'max' as const },
});

/** Agents that see, tell and listen, and what each was given. */
class Society {
  readonly agents: { readonly id: AgentId; readonly handle: string }[] = [];
  readonly given = new Map<string, Position[]>();
  readonly #test: TestKernel;
  #seen = 0;

  constructor(test: TestKernel) {
    this.#test = test;
  }

  /** All at once. What does not apply is refused. */
  async burst(acts: readonly Act[]): Promise<void> {
    await Promise.all(acts.map((one) => this.#do(one).catch(() => undefined)));
  }

  /** Each receives all that is left to receive. */
  async drain(): Promise<void> {
    for (const { id } of this.agents)
      for (let left = 1; left > 0;)
        left = Number((await this.#receive(id, 100).catch(() => ({ left: 0 }))).left);
  }

  async #do(one: Act): Promise<unknown> {
    const agent = this.#at(one.who);
    if (one.what === 'spawn') return await this.#spawn(one.isTop ? undefined : agent?.id);
    if (agent === undefined) return undefined;
    const { id } = agent;
    if (one.what === 'observe')
      return await this.#perform('agent.observe', { agent: id, data: (this.#seen += 1), ...topicOf(one) });
    if (one.what === 'receive') return await this.#receive(id, one.max);
    if (one.what === 'stop') return await this.#perform('agent.stop', { agent: id });
    if (one.what === 'revoke') return await this.#perform('capability.revoke', { handle: agent.handle });
    const to = this.#at(one.to)?.id ?? id;
    const topics = one.what === 'subscribe' && one.topics !== undefined ? { topics: one.topics } : {};
    return await this.#perform(`agent.${one.what}`, { agent: id, to, ...topics });
  }

  #at(n: number) {
    return this.agents[n % Math.max(1, this.agents.length)];
  }

  async #spawn(parent: AgentId | undefined): Promise<void> {
    const input = { name: 'a', rights: ['agent.*:**'], ...(parent !== undefined && { parent }) };
    const { agent, handle } = await this.#perform('agent.spawn', input);
    this.agents.push({ id: agent as AgentId, handle: String(handle) });
  }

  async #receive(agent: AgentId, max: number): Promise<ValueObject> {
    const output = await this.#perform('agent.receive', { agent, max });
    const positions = (output['messages'] as readonly ValueObject[]).map(({ position }) => Number(position));
    this.given.set(agent, [...(this.given.get(agent) ?? []), ...positions]);
    return output;
  }

  async #perform(kind: string, input: Value): Promise<ValueObject> {
    return (await this.#test.perform({ kind, input })).output as ValueObject;
  }
}

function topicOf({ topic: of }: { readonly topic: string | undefined }): { readonly topic?: string } {
  return of === undefined ? {} : { topic: of };
}

/** What each agent that lives at the end is to be given, by the log alone. */
function expectedOf(events: readonly RecordedEvent[]): ReadonlyMap<string, readonly Position[]> {
  const expected = new Map<string, Position[]>();
  const holders = new Map<string, string>();
  const parents = new Map<string, string>();
  const subscriptions = new Map<string, Map<string, readonly string[] | undefined>>();
  const end = (agent: string): void => {
    expected.delete(agent);
    subscriptions.delete(agent);
    for (const of of subscriptions.values()) of.delete(agent);
    for (const [child, above] of parents) if (above === agent && expected.has(child)) end(child);
  };
  for (const { event, position } of events) {
    if (event.type === 'agent.spawned') {
      expected.set(event.agent, []);
      subscriptions.set(event.agent, new Map());
      holders.set(event.handle, event.agent);
      if (event.parent !== undefined) parents.set(event.agent, event.parent);
    }
    if (event.type === 'agent.subscribed') subscriptions.get(event.agent)?.set(event.to, event.topics);
    if (event.type === 'agent.unsubscribed') subscriptions.get(event.agent)?.delete(event.to);
    if (event.type === 'capability.revoked') end(holders.get(event.handle) ?? '');
    if (event.type === 'agent.observed')
      for (const [agent, of] of subscriptions) {
        const topics = of.has(event.agent) ? (of.get(event.agent) ?? [...TOPICS, '']) : [];
        if (topics.includes(event.topic ?? '')) expected.get(agent)?.push(position);
      }
  }
  return expected;
}

it('each agent is given exactly what it listened to, in the order of the log, over crashes and from snapshots', async () => {
  let deliveries = 0;
  await fc.assert(
    fc.asyncProperty(bursts, fc.integer({ min: 15, max: 90 }), async (all, every) => {
      const snapshots = createMemorySnapshots();
      const test = await testKernel({ snapshots, snapshotEveryEvents: every });
      const society = new Society(test);
      await society.burst(Array.from({ length: 4 }, () => ({ what: 'spawn', who: 0, isTop: true }) as const));
      for (const [n, burst] of all.entries()) {
        await society.burst(burst);
        if (n % 7 === 6) await test.restart();
      }
      await society.drain();
      for (const [agent, positions] of expectedOf(await test.events())) {
        expect(society.given.get(agent) ?? []).toEqual(positions);
        deliveries += positions.length;
      }
      const { log } = test;
      const { state } = await readState({ log, store: snapshots, logger: noLogger });
      const replayed = await readState({ log, logger: noLogger });
      expect(state.digest()).toBe(replayed.state.digest());
      expect([...state.agents.list()]).toEqual([...replayed.state.agents.list()]);
      await test.close();
    }),
    { numRuns: 60 },
  );
  expect(deliveries).toBeGreaterThan(100);
});
