import type { OperationReceipt, Value, VarChanged, VarLayer } from '@tksm/abstractions';
import { codeOf, echo, withKernel, writer } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const set = (
  test: TestKernel,
  name: string,
  value: Value,
  more: Record<string, Value> = {},
): Promise<OperationReceipt> => test.perform({ kind: 'var.set', input: { name, value, ...more } });
const remove = (
  test: TestKernel,
  name: string,
  more: Record<string, Value> = {},
): Promise<OperationReceipt> => test.perform({ kind: 'var.delete', input: { name, ...more } });
const get = (test: TestKernel, name: string, layer?: VarLayer) =>
  test.kernel.read((state) => state.vars.get(name, layer));

describe('variables', () => {
  it(
    'have a value, an etag that changes with each write, a version and metadata',
    withKernel({}, async (test) => {
      await set(test, 'n', { a: [1n, new Uint8Array([1, 2])] }, { metadata: { unit: 'ms' } });
      const first = await get(test, 'n');
      expect(first).toMatchObject({
        value: { a: [1n, new Uint8Array([1, 2])] },
        version: 1,
        metadata: { unit: 'ms' },
      });
      await set(test, 'n', 2);
      const second = await get(test, 'n');
      expect(second).toMatchObject({ value: 2, version: 2, layer: 'runtime', metadata: {} });
      expect(second?.etag).not.toBe(first?.etag);
      const { output } = await test.perform({ kind: 'var.get', input: { name: 'n' } });
      expect(output).toMatchObject({ name: 'n', value: 2 });
    }),
  );

  it(
    'are read from the strongest layer; deleting one reveals the layer below',
    withKernel({}, async (test) => {
      for (const layer of ['runtime', 'environment', 'plugins', 'files'] as const)
        await set(test, 'n', layer, { layer });
      for (const layer of ['runtime', 'plugins', 'files', 'environment'] as const) {
        expect(await get(test, 'n')).toMatchObject({ value: layer, layer });
        expect(await get(test, 'n', layer)).toMatchObject({ value: layer });
        await remove(test, 'n', { layer });
      }
      expect(await get(test, 'n')).toBeUndefined();
      expect(await codeOf(remove(test, 'n'))).toBe('VarNotFound');
      expect(await codeOf(test.perform({ kind: 'var.get', input: { name: 'n' } }))).toBe('VarNotFound');
    }),
  );

  it(
    'are listed by prefix, in order, effective or of one layer',
    withKernel({}, async (test) => {
      for (const name of ['b/2', 'a', 'b/1', 'b0', '__proto__']) await set(test, name, name);
      await set(test, 'b/1', 'below', { layer: 'files' });
      const list = (query: object) =>
        test.kernel.read(({ vars }) => vars.list(query).map(({ name, value }) => [name, value]));
      expect(await list({})).toEqual([
        ['__proto__', '__proto__'],
        ['a', 'a'],
        ['b/1', 'b/1'],
        ['b/2', 'b/2'],
        ['b0', 'b0'],
      ]);
      expect(await list({ prefix: 'b/' })).toEqual([
        ['b/1', 'b/1'],
        ['b/2', 'b/2'],
      ]);
      expect(await list({ layer: 'files' })).toEqual([['b/1', 'below']]);
    }),
  );

  it(
    'are written under a condition, or not at all',
    withKernel({}, async (test) => {
      await set(test, 'n', 1, { ifEtag: null });
      expect(await codeOf(set(test, 'n', 2, { ifEtag: null }))).toBe('PreconditionFailed');
      const etag = (await get(test, 'n'))?.etag ?? '';
      await set(test, 'n', 2, { ifEtag: etag });
      expect(await codeOf(remove(test, 'n', { ifEtag: etag }))).toBe('PreconditionFailed');
      expect(await get(test, 'n')).toMatchObject({ value: 2 });
    }),
  );

  it(
    'of one apply change together or not at all, under conditions on any of them',
    withKernel({}, async (test) => {
      await set(test, 'lock', 'mine');
      const lock = (await get(test, 'lock'))?.etag ?? '';
      const changes = [
        { op: 'set', name: 'a', value: 1 },
        { op: 'set', name: 'b', value: 2 },
        { op: 'delete', name: 'lock' },
      ];
      const apply = (etag: string | null, id?: string) =>
        test.perform({
          kind: 'var.apply',
          input: { changes, preconditions: [{ name: 'lock', etag }] },
          ...(id !== undefined && { id }),
        });
      expect(await codeOf(apply('1'))).toBe('PreconditionFailed');
      expect(await get(test, 'a')).toBeUndefined();
      const first = await apply(lock, 'apply-1');
      expect(await get(test, 'a')).toMatchObject({ value: 1 });
      expect(await get(test, 'lock')).toBeUndefined();
      expect(await apply(lock, 'apply-1')).toEqual(first);
      const rewrites = (await test.events()).filter(({ event }) => event.type === 'world.rewritten');
      expect(rewrites).toHaveLength(2);
    }),
  );

  it.each<[string, string, Record<string, unknown>]>([
    ['no name', 'var.set', { value: 1 }],
    ['no value', 'var.set', { name: 'n' }],
    ['an empty name', 'var.set', { name: '', value: 1 }],
    ['a name with a control character', 'var.set', { name: 'a\nb', value: 1 }],
    ['a name that is too long', 'var.set', { name: 'x'.repeat(257), value: 1 }],
    ['an unknown layer', 'var.set', { name: 'n', value: 1, layer: 'cloud' }],
    ['metadata that is no object', 'var.set', { name: 'n', value: 1, metadata: 5 }],
    ['an etag that is no text', 'var.set', { name: 'n', value: 1, ifEtag: 5 }],
    ['an input that is no object', 'var.set', [] as unknown as Record<string, unknown>],
    ['no changes', 'var.apply', { changes: [] }],
    ['changes that are no list', 'var.apply', { changes: 5 }],
    ['a change that is nothing', 'var.apply', { changes: [null] }],
    ['a change of an unknown sort', 'var.apply', { changes: [{ op: 'rename', name: 'n' }] }],
    [
      'one name twice',
      'var.apply',
      {
        changes: [
          { op: 'delete', name: 'n' },
          { op: 'delete', name: 'n' },
        ],
      },
    ],
    [
      'a precondition that is nothing',
      'var.apply',
      { changes: [{ op: 'delete', name: 'n' }], preconditions: [null] },
    ],
    [
      'too many changes',
      'var.apply',
      { changes: Array.from({ length: 1_001 }, (_, n) => ({ op: 'delete', name: `${n}` })) },
    ],
  ])('are refused with %s', async (_what, kind, input) => {
    await withKernel({}, async (test) => {
      const position = await test.kernel.read((state) => state.position);
      expect(await codeOf(test.perform({ kind, input }))).toBe('InvalidInput');
      expect(await test.kernel.read((state) => state.position)).toBe(position);
    })();
  });
});

describe('watching variables', () => {
  it(
    'gives each change once, in order, as of its event, beginning with the call',
    withKernel({ kinds: [writer, echo] }, async (test) => {
      await set(test, 'old', 1);
      const controller = new AbortController();
      const watch = test.kernel.watchVars({ prefix: 'w', signal: controller.signal });
      await set(test, 'w1', 'files', { layer: 'files' });
      await set(test, 'w1', 'runtime');
      await test.run({ kind: writer, input: { name: 'w2', value: 'job' } });
      await set(test, 'other', 1);
      await remove(test, 'w1');
      const seen: VarChanged[] = [];
      for await (const change of watch) {
        seen.push(change);
        if (seen.length === 4) controller.abort();
      }
      expect(seen.map(({ name, layer, after }) => [name, layer, after?.value, after?.layer])).toEqual([
        ['w1', 'files', 'files', 'files'],
        ['w1', 'runtime', 'runtime', 'runtime'],
        ['w2', 'runtime', 'job', 'runtime'],
        ['w1', 'runtime', 'files', 'files'],
      ]);
    }),
  );

  it(
    'from a position gives what changed since',
    withKernel({}, async (test) => {
      const { position } = await set(test, 'a', 1);
      await set(test, 'a', 2);
      await remove(test, 'a');
      const seen: unknown[] = [];
      for await (const { after } of test.kernel.watchVars({ from: position }))
        if (seen.push(after?.value) === 3) break;
      expect(seen).toEqual([1, 2, undefined]);
    }),
  );
});
