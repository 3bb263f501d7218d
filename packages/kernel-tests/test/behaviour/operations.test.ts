import type { Command, WorldView } from '@tksm/abstractions';
import { defineOperation } from '@tksm/core';
import { codeOf, echo, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const valueOf = (world: WorldView): number => Number(world.get('count')?.value ?? 0);

const count = defineOperation<{ readonly by: number }, number>({
  name: 'count',
  decide: ({ by }, { world }) => {
    const value = valueOf(world) + by;
    return { output: value, rewrite: { puts: [['count', value]] }, fact: { name: 'counted', data: { by } } };
  },
});
const note = defineOperation<unknown, string>({
  name: 'note',
  decide: () => ({ output: 'noted', fact: { name: 'noted', data: null } }),
});
const look = defineOperation<unknown, number>({
  name: 'look',
  decide: (_input, { world }) => ({ output: valueOf(world) }),
});
const steal = defineOperation<unknown, null>({
  name: 'steal',
  decide: () => ({ output: null, rewrite: { deletes: ['var/runtime/n'] } }),
});
const wild = defineOperation<{ readonly what: string }, null>({
  name: 'wild',
  decide: ({ what }) => {
    if (what === 'throws') throw new Error('a bug');
    if (what === 'output') return { output: (() => 1) as unknown as null, fact: { name: 'f', data: null } };
    if (what === 'key') return { output: null, rewrite: { puts: [['\ud800', 1]] } };
    return { output: null, fact: { name: what === 'name' ? '' : 'f', data: Number.NaN } };
  },
});
const kinds = [count, echo, look, note, steal, wild];

describe('an operation', () => {
  it(
    'decides on the world and records one event',
    withKernel({ kinds }, async (test) => {
      const before = await test.kernel.read((state) => state.position);
      const first = await test.perform({ kind: count, input: { by: 2 } });
      const second = await test.perform({ kind: count, input: { by: 3 } });
      expect([first, second]).toEqual([
        { class: 'operation', output: 2, position: before },
        { class: 'operation', output: 5, position: before + 1 },
      ]);
      const { event } = (await test.events())[before] ?? {};
      expect(event).toMatchObject({
        type: 'world.rewritten',
        by: 'operator',
        fact: { name: 'counted', data: { by: 2 } },
      });
    }),
  );

  it.each<[string, Command]>([
    ['that rewrites', { kind: count, input: { by: 1 } }],
    ['that only notes', { kind: note }],
    ['of the kernel', { kind: 'var.set', input: { name: 'n', value: 1 } }],
  ])('%s is done once per command id, and answers alike', async (_what, command) => {
    await withKernel({ kinds }, async (test) => {
      const first = await test.perform({ ...command, id: 'once' });
      const position = await test.kernel.read((state) => state.position);
      expect(await test.perform({ ...command, id: 'once' })).toEqual(first);
      await test.restart();
      expect(await test.perform({ ...command, id: 'once' })).toEqual(first);
      const done = (await test.events()).filter(({ event }) => /world|fact/.test(event.type));
      expect(done).toHaveLength(1);
      expect(first.position).toBeLessThan(position);
    })();
  });

  it(
    'that cancels is done once per command id, although the job has ended since',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: echo, notBefore: test.clock.now() + 1_000 });
      const command = { kind: 'job.cancel', input: { job }, id: 'cancel-1' };
      const first = await test.perform(command);
      expect(await test.perform(command)).toEqual(first);
      expect(await codeOf(test.perform({ ...command, id: 'cancel-2' }))).toBe('InvalidOperation');
    }),
  );

  it(
    'that only reads writes no event, under a command id or not',
    withKernel({ kinds }, async (test) => {
      await test.perform({ kind: 'var.set', input: { name: 'n', value: 1 } });
      const position = await test.kernel.read((state) => state.position);
      await test.perform({ kind: look, id: 'look-1' });
      await test.perform({ kind: 'var.get', input: { name: 'n' }, id: 'get-1' });
      const { output } = await test.perform({ kind: 'health' });
      expect(output).toMatchObject({ status: 'ok' });
      expect(await test.kernel.read((state) => state.position)).toBe(position);
    }),
  );

  it(
    'may not touch what belongs to the VarStore',
    withKernel({ kinds }, async (test) => {
      expect(await codeOf(test.perform({ kind: steal }))).toBe('InvalidOperation');
    }),
  );

  it.each([
    ['an output', 'InvalidValue'],
    ['a key', 'InvalidValue'],
    ['a name', 'InvalidInput'],
    ['data', 'InvalidValue'],
  ])('with %s that cannot be stored changes nothing', async (what, code) => {
    await withKernel({ kinds }, async (test) => {
      const position = await test.kernel.read((state) => state.position);
      const input = { what: what.split(' ').at(-1) ?? '' };
      expect(await codeOf(test.perform({ kind: wild, input, id: 'wild' }))).toBe(code);
      expect(await test.kernel.read((state) => state.position)).toBe(position);
    })();
  });

  it(
    'that throws rejects its caller alone',
    withKernel({ kinds }, async (test) => {
      expect(await codeOf(test.perform({ kind: wild, input: { what: 'throws' } }))).not.toBe('resolved');
      expect((await test.perform({ kind: count, input: { by: 1 } })).output).toBe(1);
    }),
  );

  it(
    'is not enqueued, and a task is not performed',
    withKernel({ kinds }, async (test) => {
      expect(await codeOf(test.enqueue({ kind: count, input: { by: 1 } }))).toBe('InvalidOperation');
      expect(await codeOf(test.enqueue({ kind: 'var.set' }))).toBe('InvalidOperation');
      expect(await codeOf(test.perform({ kind: echo }))).toBe('InvalidOperation');
      const { kernel } = test;
      expect(await codeOf(kernel.enqueueAll([{ kind: count }], kernel.operator))).toBe('InvalidOperation');
      expect(await kernel.submit({ kind: count, input: { by: 1 } }, kernel.operator)).toMatchObject({
        output: 1,
      });
    }),
  );
});

it(
  'answers the retry of an operation that changed nothing as it did at first, whatever is the case by then',
  withKernel({ kinds }, async (test) => {
    const close = { kind: 'breaker.set', input: { breaker: 'kind.mail', phase: 'closed' }, id: 'close-once' };
    const first = await test.perform(close);
    await test.perform({ kind: 'breaker.set', input: { breaker: 'kind.mail', phase: 'open' } });
    expect(await test.perform(close)).toEqual(first);
    const types = (await test.events()).map(({ event }) => event.type);
    expect(types).not.toContain('breaker.closed');
  }),
);
