import type { ValueObject } from '@tksm/abstractions';
import { KernelError } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { kvDriver } from '@tksm/drivers-kv';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const drivers = [kvDriver()];
const call = (op: string, input: object) => ({
  kind: 'driver.call',
  input: { driver: 'kv', op, ns: 'notes', ...input },
});

describe('the driver kv in a kernel', () => {
  it('serves within the right, and says so in the log', async () => {
    await withKernel({ drivers }, async (test) => {
      const { kernel } = test;
      const rights = ['kv.put:notes/a/*', 'kv.get:notes/**', 'kv.list:notes/a/**'];
      const handle = await kernel.derive({ rights }, kernel.operator);
      const run = async (op: string, input: object) =>
        test.outcome((await kernel.enqueue(call(op, input), handle)).job);
      const put = await run('put', { key: 'a/b', value: { n: 1n } });
      expect(put).toMatchObject({ status: 'succeeded' });
      const { version } = (put as { readonly output: ValueObject }).output;
      expect(await run('get', { key: 'a/b' })).toMatchObject({
        output: { value: { n: { $bigint: '1' } }, version },
      });
      expect(await run('list', { below: 'a' })).toMatchObject({ output: { keys: [{ key: 'a/b' }] } });
      for (const [op, input] of [
        ['put', { key: 'b', value: 1 }],
        ['put', { ns: 'notes2', key: 'a/b', value: 1 }],
        ['delete', { key: 'a/b' }],
        ['list', {}],
      ] as const) {
        expect(await codeOf(kernel.enqueue(call(op, input), handle))).toBe('CapabilityDenied');
      }
      const written = (await test.events()).find(({ event }) => event.type === 'world.rewritten');
      expect(written?.event).toMatchObject({ by: handle.id, fact: { name: 'kv.value-put' } });
    })();
  });

  it('answers a put of a repeated attempt as it did the first', async () => {
    const versions: unknown[] = [];
    const create = defineKind({
      name: 'create',
      run: async (_input, context) => {
        const put = await context.call('kv', 'put', { ns: 'notes', key: 'a', value: 1, ifVersion: null });
        versions.push(put);
        if (context.attempt === 1) throw new KernelError('Unreachable', 'after it was put');
      },
    });
    await withKernel({ drivers, kinds: [create] }, async (test) => {
      expect(await test.run({ kind: create })).toMatchObject({ status: 'succeeded' });
      expect(versions).toHaveLength(2);
      expect(versions[1]).toEqual(versions[0]);
      const puts = (await test.events()).filter(({ event }) => event.type === 'world.rewritten');
      expect(puts).toHaveLength(1);
    })();
  });
});
