import { sensitive } from '@tksm/abstractions';
import type { ValueObject } from '@tksm/abstractions';
import { createMemoryBlobStore } from '@tksm/drivers-memory';
import { agentDoes, codeOf, receivedBy, seenAgent, spawnAgent, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const blobs = createMemoryBlobStore();

describe('observations', () => {
  it(
    'go to those who listen, by topic, and are received once',
    withKernel({}, async (test) => {
      const [source, all, some, deaf] = [
        await spawnAgent(test),
        await spawnAgent(test),
        await spawnAgent(test),
        await spawnAgent(test),
      ];
      await agentDoes(test, 'observe', { agent: source.id, data: 'too early' });
      await agentDoes(test, 'subscribe', { agent: all.id, to: source.id });
      await agentDoes(test, 'subscribe', { agent: some.id, to: source.id, topics: ['b', 'c', 'b'] });
      for (const topic of ['a', 'b', 'c'])
        await agentDoes(test, 'observe', { agent: source.id, topic, data: { topic } });
      await agentDoes(test, 'observe', { agent: source.id, data: 7n });
      await agentDoes(test, 'unsubscribe', { agent: some.id, to: source.id });
      await agentDoes(test, 'observe', { agent: source.id, topic: 'b', data: 'too late' });
      await test.restart();
      expect(await receivedBy(test, all, 2)).toEqual([{ topic: 'a' }, { topic: 'b' }]);
      expect(await receivedBy(test, all)).toEqual([{ topic: 'c' }, 7n, 'too late']);
      expect(await receivedBy(test, all)).toEqual([]);
      expect(await receivedBy(test, some)).toEqual([{ topic: 'b' }, { topic: 'c' }]);
      expect(await receivedBy(test, deaf)).toEqual([]);
    }),
  );

  it(
    'are received once by one command',
    withKernel({}, async (test) => {
      const [source, listener] = [await spawnAgent(test), await spawnAgent(test)];
      await agentDoes(test, 'subscribe', { agent: listener.id, to: source.id });
      for (const data of ['x'.repeat(63_900), 2])
        await agentDoes(test, 'observe', { agent: source.id, topic: 't'.repeat(128), data });
      const command = { kind: 'agent.receive', input: { agent: listener.id }, id: 'take' };
      const first = await test.perform(command);
      expect(first.output).toMatchObject({ left: 1 });
      expect(await test.perform(command)).toEqual(first);
      expect(await receivedBy(test, listener)).toEqual([2]);
    }),
  );

  it(
    'that find the inbox full wait in the log, and the listener is told where',
    withKernel({}, async (test) => {
      const [source, listener] = [await spawnAgent(test), await spawnAgent(test)];
      await agentDoes(test, 'subscribe', { agent: listener.id, to: source.id });
      const observe = (data: number) =>
        test.perform({ kind: 'agent.observe', input: { agent: source.id, data } });
      for (let n = 0; n < 1_003; n++) await observe(n);
      const { lag } = await seenAgent(test, listener);
      expect(lag).toMatchObject({ count: 3 });
      const got: unknown[] = [];
      let missed: unknown;
      while (missed === undefined) {
        const output = await agentDoes(test, 'receive', { agent: listener.id });
        got.push(...(output['messages'] as readonly ValueObject[]).map(({ data }) => data));
        missed = output['missed'];
      }
      expect(got).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
      expect(missed).toEqual(lag);
      const { from, to } = missed as { from: number; to: number };
      const rest = (await test.events()).flatMap(({ event, position }) =>
        event.type === 'agent.observed' && position >= from && position <= to ? [event.data] : [],
      );
      expect(rest).toEqual([1_000, 1_001, 1_002]);
      await observe(1_003);
      expect(await receivedBy(test, listener)).toEqual([1_003]);
    }),
  );

  it(
    'do not go to one whose subscription was made by a handle that has ended, nor from or to who has stopped',
    withKernel({}, async (test) => {
      const { kernel } = test;
      const [source, listener] = [await spawnAgent(test), await spawnAgent(test)];
      const rights = [`agent.subscribe:${listener.id}`, `agent.listen:${source.id}`];
      const maker = await kernel.derive({ rights }, kernel.operator);
      await agentDoes(test, 'subscribe', { agent: listener.id, to: source.id }, maker);
      await agentDoes(test, 'observe', { agent: source.id, data: 1 });
      await test.perform({ kind: 'capability.revoke', input: { handle: maker.id } });
      await agentDoes(test, 'observe', { agent: source.id, data: 2 });
      expect(await receivedBy(test, listener)).toEqual([1]);
      expect((await seenAgent(test, listener)).subscriptions).toBeUndefined();
      await agentDoes(test, 'subscribe', { agent: listener.id, to: source.id });
      await agentDoes(test, 'stop', { agent: source.id });
      expect((await seenAgent(test, listener)).subscriptions).toBeUndefined();
      expect(await codeOf(agentDoes(test, 'observe', { agent: source.id, data: 3 }))).toBe('AgentStopped');
    }),
  );

  it(
    'hold what is sensitive sealed, and give it out opened',
    withKernel({}, async (test) => {
      const [source, listener] = [await spawnAgent(test), await spawnAgent(test)];
      await agentDoes(test, 'subscribe', { agent: listener.id, to: source.id });
      const data = { mood: sensitive('serene', { subject: 'ada' }) } as unknown as ValueObject;
      await agentDoes(test, 'observe', { agent: source.id, data });
      expect(JSON.stringify(await test.events())).not.toContain('serene');
      const command = { kind: 'agent.receive', input: { agent: listener.id }, id: 'once' };
      const { output } = await test.perform(command);
      expect(output).toMatchObject({ messages: [{ data: { mood: 'serene' } }] });
      expect((await test.perform(command)).output).toEqual(output);
      expect(JSON.stringify(await test.events())).not.toContain('serene');
    }),
  );

  it(
    'may be blobs',
    withKernel({ blobs }, async (test) => {
      const [source, listener] = [await spawnAgent(test), await spawnAgent(test)];
      await agentDoes(test, 'subscribe', { agent: listener.id, to: source.id });
      const ref = await blobs.write([new Uint8Array(1_048_576)]);
      await agentDoes(test, 'observe', { agent: source.id, data: { ...ref } });
      expect(await receivedBy(test, listener)).toEqual([ref]);
    }),
  );
});
