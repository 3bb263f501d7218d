import { handleId, noLogger } from '@tksm/abstractions';
import type {
  AgentId,
  CapabilityHandle,
  Position,
  RecordedEvent,
  Value,
  ValueObject,
} from '@tksm/abstractions';
import { readState } from '@tksm/core';
import { createMemorySnapshots } from '@tksm/drivers-memory';
import { AuthorityAuditor } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const who = fc.nat({ max: 5 });
const TOPICS = ['x', 'y'] as const;
/** What agents are spawned with: the latter two do not get everything done that they try. */
const RIGHTS = [
  ['agent.*:**'],
  ['agent.*:self/**', 'agent.listen:**'],
  ['agent.observe:self', 'agent.stop:**'],
];
const topic = fc.option(fc.constantFrom(...TOPICS), { nil: undefined });

const act = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('spawn' as const),
      ...{ who, isTop: fc.boolean(), rights: fc.constantFrom(...RIGHTS) },
    }),
  },
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
/** Who asks for it: the operator, or an agent. */
const asked = fc.record({ act, by: fc.option(who, { nil: undefined }) });
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;
/** What is asked for at once, so that answers and decisions overlap. */
const bursts = fc.array(fc.array(asked, { minLength: 3, maxLength: 9, size: 'max' }), {
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
  async burst(acts: readonly Asked[]): Promise<void> {
    await Promise.all(acts.map((one) => this.#asked(one).catch(() => undefined)));
  }

  /** Each receives all that is left to receive. */
  async drain(): Promise<void> {
    for (const { id } of this.agents)
      for (let left = 1; left > 0;)
        left = Number(
          (await this.#receive(id, 100, this.#test.kernel.operator).catch(() => ({ left: 0 }))).left,
        );
  }

  async #asked({ act: one, by }: Asked): Promise<unknown> {
    const { operator } = this.#test.kernel;
    const holder = by === undefined ? undefined : this.#at(by);
    return await this.#do(
      one,
      holder === undefined ? operator : this.#test.kernel.handle(handleId(holder.handle), operator),
    );
  }

  async #do(one: Act, by: CapabilityHandle): Promise<unknown> {
    const agent = this.#at(one.who);
    if (one.what === 'spawn') return await this.#spawn(one.isTop ? undefined : agent?.id, one.rights, by);
    if (agent === undefined) return undefined;
    const { id } = agent;
    if (one.what === 'observe')
      return await this.#perform(
        'agent.observe',
        { agent: id, data: (this.#seen += 1), ...topicOf(one) },
        by,
      );
    if (one.what === 'receive') return await this.#receive(id, one.max, by);
    if (one.what === 'stop') return await this.#perform('agent.stop', { agent: id }, by);
    if (one.what === 'revoke') return await this.#perform('capability.revoke', { handle: agent.handle }, by);
    const to = this.#at(one.to)?.id ?? id;
    const topics = one.what === 'subscribe' && one.topics !== undefined ? { topics: one.topics } : {};
    return await this.#perform(`agent.${one.what}`, { agent: id, to, ...topics }, by);
  }

  #at(n: number) {
    return this.agents[n % Math.max(1, this.agents.length)];
  }

  async #spawn(parent: AgentId | undefined, rights: readonly string[], by: CapabilityHandle): Promise<void> {
    const input = { name: 'a', rights, ...(parent !== undefined && { parent }) };
    const { agent, handle } = await this.#perform('agent.spawn', input, by);
    this.agents.push({ id: agent as AgentId, handle: String(handle) });
  }

  async #receive(agent: AgentId, max: number, by: CapabilityHandle): Promise<ValueObject> {
    const output = await this.#perform('agent.receive', { agent, max }, by);
    const positions = (output['messages'] as readonly ValueObject[]).map(({ position }) => Number(position));
    this.given.set(agent, [...(this.given.get(agent) ?? []), ...positions]);
    return output;
  }

  async #perform(kind: string, input: Value, by: CapabilityHandle): Promise<ValueObject> {
    return (await this.#test.kernel.perform({ kind, input }, by)).output as ValueObject;
  }
}

function topicOf({ topic: of }: { readonly topic: string | undefined }): { readonly topic?: string } {
  return of === undefined ? {} : { topic: of };
}

/** What each agent that lives at the end is to be given, by the log alone. */
function expectedOf(events: readonly RecordedEvent[]): ReadonlyMap<string, readonly Position[]> {
  const expected = new Map<string, Position[]>();
  const holders = new Map<string, string>();
  const above = new Map<string, string>();
  const subscriptions = new Map<
    string,
    Map<string, Extract<RecordedEvent['event'], { type: 'agent.subscribed' }>>
  >();
  const end = (handle: string): void => {
    const agent = holders.get(handle) ?? '';
    expected.delete(agent);
    subscriptions.delete(agent);
    for (const of of subscriptions.values())
      for (const [to, { by }] of of) if (to === agent || by === handle) of.delete(to);
    for (const [below, by] of above) if (by === handle) end(below);
  };
  for (const { event, position } of events) {
    if (event.type === 'agent.spawned') {
      expected.set(event.agent, []);
      subscriptions.set(event.agent, new Map());
      holders.set(event.handle, event.agent);
    }
    if (event.type === 'agent.subscribed') subscriptions.get(event.agent)?.set(event.to, event);
    if (event.type === 'agent.unsubscribed') subscriptions.get(event.agent)?.delete(event.to);
    if (event.type === 'capability.derived') above.set(event.handle, event.by);
    if (event.type === 'capability.revoked') end(event.handle);
    if (event.type === 'agent.observed')
      for (const [agent, of] of subscriptions) {
        const subscription = of.get(event.agent);
        if (subscription === undefined) continue;
        const { topics = [...TOPICS, ''] } = subscription;
        if (topics.includes(event.topic ?? '')) expected.get(agent)?.push(position);
      }
  }
  return expected;
}

const spawnTop = { what: 'spawn' as const, who: 0, isTop: true, rights: RIGHTS[0] ?? [] };

it('each agent is given exactly what it listened to, in the order of the log, by whoever may say so, over crashes and from snapshots', async () => {
  let deliveries = 0;
  await fc.assert(
    fc.asyncProperty(bursts, fc.integer({ min: 15, max: 90 }), async (all, every) => {
      const snapshots = createMemorySnapshots();
      const test = await testKernel({ snapshots, snapshotEveryEvents: every });
      const society = new Society(test);
      await society.burst(Array.from({ length: 4 }, () => ({ act: spawnTop, by: undefined })));
      for (const [n, burst] of all.entries()) {
        await society.burst(burst);
        if (n % 7 === 6) await test.restart();
      }
      await society.drain();
      for (const [agent, positions] of expectedOf(await test.events())) {
        expect(society.given.get(agent) ?? []).toEqual(positions);
        deliveries += positions.length;
      }
      const auditor = new AuthorityAuditor();
      for (const recorded of await test.events()) auditor.take(recorded);
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
