import { isKernelError } from '@tksm/abstractions';
import type { DriverDecision, ValueObject } from '@tksm/abstractions';
import { standInDecisions } from '@tksm/drivers-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvDriver } from './kv-driver.ts';
import type { KvOptions } from './kv-driver.ts';

function kvSession(options: KvOptions = {}) {
  const { operations } = kvDriver(options);
  const decisions = standInDecisions();
  const perform = async (op: string, input: object, key?: string) =>
    decisions.perform(operations[op] as DriverDecision<never>, { ns: 'notes', ...input }, key);
  const call = async (op: string, input: object, key?: string): Promise<ValueObject> =>
    (await perform(op, input, key)).output as ValueObject;
  return {
    world: decisions.world,
    perform,
    call,
    asked: async (op: string, input: object) =>
      (await perform(op, input)).uses.map(({ action, resource }) => `${action}:${resource}`),
    failure: (op: string, input: object, key?: string): Promise<string> =>
      call(op, input, key).then(
        () => 'none',
        (error: unknown) => (isKernelError(error) ? error.code : String(error)),
      ),
    keys: async (input: object) => {
      const { keys, after } = await call('list', input);
      return [(keys as readonly { readonly key: string }[]).map(({ key }) => key), after] as const;
    },
  };
}

describe('a value', () => {
  it.each([1, 'x', null, [1n], { a: new Uint8Array([1]) }, false])('of %o is given back', async (value) => {
    const { call } = kvSession();
    const { version } = await call('put', { key: 'a/b', value });
    expect(await call('get', { key: 'a/b' })).toEqual({ value, version });
  });

  it('is null where nothing is, and is gone once it is deleted', async () => {
    const { call, world } = kvSession();
    expect(await call('get', { key: 'a' })).toBeNull();
    await call('put', { key: 'a', value: 1 });
    expect(await call('delete', { key: 'a' })).toEqual({ deleted: true });
    expect(await call('delete', { key: 'a' })).toEqual({ deleted: false });
    expect(await call('get', { key: 'a' })).toBeNull();
    expect(world.size).toBe(0);
  });

  it('is told in facts without itself', async () => {
    const { perform } = kvSession();
    const put = await perform('put', { key: 'a', value: 'secret' });
    expect(put.fact).toEqual({ name: 'kv.value-put', data: { ns: 'notes', key: 'a', version: 0 } });
    const gone = await perform('delete', { key: 'a' });
    expect(gone.fact).toEqual({ name: 'kv.value-deleted', data: { ns: 'notes', key: 'a', version: 0 } });
  });

  it.each([
    ['put', { key: 'a' }],
    ['put', { key: '', value: 1 }],
    ['put', { key: 'a', value: 1, ns: 'Notes' }],
    ['put', { key: 'a', value: 1, ns: 'a/b' }],
    ['put', { key: 'a', value: 1, ns: '' }],
    ['put', { key: 'a', value: 1, ifVersion: 1.5 }],
    ['put', { key: 'a', value: 1, overwrite: true }],
    ['get', { key: '../b' }],
    ['get', { key: 'a//b' }],
    ['get', { key: '/a' }],
    ['get', { key: 'a/*' }],
    ['get', { key: 'a\0' }],
    ['get', { key: 'a'.repeat(901) }],
    ['delete', { key: 'a', ifVersion: null }],
    ['list', { limit: 0 }],
    ['list', { limit: 1_001 }],
    ['list', { below: 'a/' }],
  ])('is refused to %s with %o', async (op, input) => {
    expect(await kvSession().failure(op, input)).toBe('InvalidInput');
  });

  it('may have 64,512 bytes with its key, and says so', async () => {
    const { call, failure } = kvSession();
    expect(await failure('put', { key: 'abc', value: 'x'.repeat(64_507) })).toBe('none');
    expect(await failure('put', { key: 'abc', value: 'x'.repeat(64_508) })).toBe('PayloadTooLarge');
    await expect(call('put', { key: 'abc', value: 'x'.repeat(64_508) })).rejects.toThrow(
      'at most 64512 bytes',
    );
    expect(await failure('put', { key: 'abc', value: { $bytes: 'no base64' } })).toBe('InvalidValue');
  });
});

describe('a version', () => {
  it('is never the same again, not even after a deletion', async () => {
    const { call } = kvSession();
    const first = await call('put', { key: 'a', value: 1 });
    await call('delete', { key: 'a' });
    expect(await call('put', { key: 'a', value: 1 })).not.toEqual(first);
  });

  it('guards a put and a deletion', async () => {
    const { call, failure } = kvSession();
    expect(await failure('put', { key: 'a', value: 1, ifVersion: 0 })).toBe('PreconditionFailed');
    const { version } = await call('put', { key: 'a', value: 1, ifVersion: null });
    expect(await failure('put', { key: 'a', value: 2, ifVersion: null })).toBe('PreconditionFailed');
    expect(await failure('delete', { key: 'a', ifVersion: 99 })).toBe('PreconditionFailed');
    const next = await call('put', { key: 'a', value: 2, ifVersion: version });
    expect(await failure('delete', { key: 'a', ifVersion: version })).toBe('PreconditionFailed');
    expect(await call('delete', { key: 'a', ifVersion: next.version })).toEqual({ deleted: true });
    expect(await call('delete', { key: 'a', ifVersion: next.version })).toEqual({ deleted: false });
  });

  it('is answered again to a repeated call, and judged for another', async () => {
    const { call, failure, perform } = kvSession();
    const create = { key: 'a', value: 1, ifVersion: null };
    const first = await call('put', create, 'job/1');
    const again = await perform('put', create, 'job/1');
    expect(again.output).toEqual(first);
    expect(again.rewrite).toBeUndefined();
    expect(await failure('put', { ...create, value: 2 }, 'job/1')).toBe('PreconditionFailed');
    expect(await failure('put', create, 'job/2')).toBe('PreconditionFailed');
  });
});

describe('a listing', () => {
  const filled = async () => {
    const session = kvSession();
    for (const key of ['a', 'a/b', 'a/b/c', 'a/bc', 'a!', 'ab', 'b'])
      await session.call('put', { key, value: 1 });
    await session.call('put', { ns: 'notes2', key: 'a', value: 1 });
    return session;
  };

  it('has the keys of a namespace, or those at and below one', async () => {
    const { keys } = await filled();
    expect(await keys({})).toEqual([['a', 'a!', 'a/b', 'a/b/c', 'a/bc', 'ab', 'b'], null]);
    expect(await keys({ below: 'a' })).toEqual([['a', 'a/b', 'a/b/c', 'a/bc'], null]);
    expect(await keys({ below: 'a/b' })).toEqual([['a/b', 'a/b/c'], null]);
    expect(await keys({ below: 'c' })).toEqual([[], null]);
    expect(await keys({ ns: 'other' })).toEqual([[], null]);
  });

  it('comes in pages', async () => {
    const { keys } = await filled();
    expect(await keys({ limit: 2 })).toEqual([['a', 'a!'], 'a!']);
    expect(await keys({ limit: 2, after: 'a!' })).toEqual([['a/b', 'a/b/c'], 'a/b/c']);
    expect(await keys({ limit: 3, after: 'a/b/c' })).toEqual([['a/bc', 'ab', 'b'], null]);
    expect(await keys({ below: 'a', limit: 1 })).toEqual([['a'], 'a']);
    expect(await keys({ below: 'a', after: 'a' })).toEqual([['a/b', 'a/b/c', 'a/bc'], null]);
  });

  it('tells versions and sizes, and no values', async () => {
    const { call } = kvSession();
    const { version } = await call('put', { key: 'ä', value: 'secret' });
    expect(await call('list', {})).toEqual({ keys: [{ key: 'ä', version, bytes: 10 }], after: null });
  });

  it('of long keys has shorter pages', async () => {
    const { call, keys } = kvSession();
    for (let index = 0; index < 40; index++)
      await call('put', { key: `${'k'.repeat(800)}${index}`, value: 1 });
    const [first, after] = await keys({ limit: 1_000 });
    expect(first.length).toBe(20);
    expect(after).toBe(first.at(-1));
  });
});

describe('a right', () => {
  it('is one on an operation and a key; a guard tells what is there, so it needs a right to read', async () => {
    const { asked } = kvSession();
    expect(await asked('put', { key: 'a/b', value: 1 })).toEqual(['kv.put:notes/a/b']);
    expect(await asked('put', { key: 'c', value: 1, ifVersion: null })).toEqual([
      'kv.put:notes/c',
      'kv.get:notes/c',
    ]);
    expect(await asked('get', { key: 'a/b' })).toEqual(['kv.get:notes/a/b']);
    expect(await asked('delete', { key: 'a/b' })).toEqual(['kv.delete:notes/a/b']);
    expect(await asked('list', {})).toEqual(['kv.list:notes']);
    expect(await asked('list', { below: 'a/b' })).toEqual(['kv.list:notes/a/b']);
  });
});

describe('a quota', () => {
  it('bounds entries and bytes, and lets what is there be replaced', async () => {
    const quotas = { notes: { entries: 2 }, tight: { bytes: 12 } };
    const { call, failure } = kvSession({ quota: { entries: 3 }, quotas });
    await call('put', { key: 'a', value: 1 });
    await call('put', { key: 'b', value: 1 });
    expect(await failure('put', { key: 'c', value: 1 })).toBe('QuotaExceeded');
    expect(await failure('put', { key: 'a', value: 'longer' })).toBe('none');
    await call('delete', { key: 'b' });
    expect(await failure('put', { key: 'c', value: 1 })).toBe('none');
    expect(await failure('put', { ns: 'tight', key: 'a', value: 'x'.repeat(9) })).toBe('none');
    expect(await failure('put', { ns: 'tight', key: 'a', value: 'x'.repeat(10) })).toBe('QuotaExceeded');
    expect(await failure('put', { ns: 'tight', key: 'a', value: '' })).toBe('none');
  });

  it('bounds all namespaces together, and lets what is there be replaced', async () => {
    const { call, failure, perform, world } = kvSession({ total: { entries: 3, bytes: 20 } });
    for (const ns of ['n', 'm']) await call('put', { ns, key: 'a', value: 1 });
    expect(await failure('put', { ns: 'o', key: 'a', value: 'x'.repeat(14) })).toBe('QuotaExceeded');
    expect(await failure('put', { ns: 'o', key: 'a', value: 1 })).toBe('none');
    await expect(perform('put', { ns: 'p', key: 'a', value: 1 })).rejects.toMatchObject({
      message: 'all namespaces together would have more than 3 entries',
      data: { what: 'entries', quota: 3 },
    });
    expect(await failure('put', { ns: 'n', key: 'a', value: 'x'.repeat(13) })).toBe('none');
    await call('delete', { ns: 'm', key: 'a' });
    expect(world.get('kv/*')?.value).toEqual({ entries: 2, bytes: 18 });
    expect(await failure('put', { ns: 'p', key: 'a', value: 1 })).toBe('none');
    for (const ns of ['n', 'o', 'p']) await call('delete', { ns, key: 'a' });
    expect(world.size).toBe(0);
  });

  it.each([{ entries: -1 }, { bytes: 1.5 }, { bytes: Number.NaN }])('is refused as %o', (quota) => {
    for (const options of [{ quota }, { quotas: { notes: quota } }, { total: quota }])
      expect(() => kvDriver(options)).toThrow(expect.objectContaining({ code: 'InvalidSpec' }));
  });

  it('holds, and headers are the sum over the entries, whatever is done', async () => {
    const quota = { entries: 4, bytes: 60 };
    const total = { entries: 6, bytes: 90 };
    const place = { ns: fc.constantFrom('n', 'm'), key: fc.constantFrom('a', 'b', 'a/b', 'ü', 'c', 'd') };
    const ifVersion = fc.option(fc.nat(12), { nil: undefined });
    const act = fc.oneof(
      fc.record({
        op: fc.constant('put'),
        input: fc.record({ ...place, value: fc.string({ maxLength: 40 }), ifVersion }),
      }),
      fc.record({ op: fc.constant('delete'), input: fc.record({ ...place, ifVersion }) }),
    );
    const acts = fc.array(act, { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(acts, async (trace) => {
        const { call, failure, world } = kvSession({ quota, total });
        const model = new Map<string, unknown>();
        for (const { op, input } of trace) {
          if ((await failure(op, input)) !== 'none') continue;
          const name = `${input.ns}/${input.key}`;
          if (op === 'delete') model.delete(name);
          else model.set(name, (input as { readonly value: string }).value);
        }
        const all = { entries: 0, bytes: 0 };
        for (const ns of ['n', 'm']) {
          const mine = [...model].filter(([name]) => name.startsWith(`${ns}/`));
          const bytes = mine.map(([name, value]) => Buffer.byteLength(name.slice(2) + JSON.stringify(value)));
          const sum = { entries: mine.length, bytes: bytes.reduce((all, one) => all + one, 0) };
          expect(world.get(`kv/${ns}`)?.value ?? { entries: 0, bytes: 0 }).toEqual(sum);
          expect(sum.entries <= quota.entries && sum.bytes <= quota.bytes).toBe(true);
          all.entries += sum.entries;
          all.bytes += sum.bytes;
          const { keys } = await call('list', { ns });
          const told = (keys as readonly { readonly key: string }[]).map(({ key }) => key);
          expect(told).toEqual(mine.map(([name]) => name.slice(2)).toSorted());
        }
        expect(world.get('kv/*')?.value ?? { entries: 0, bytes: 0 }).toEqual(all);
        expect(all.entries <= total.entries && all.bytes <= total.bytes).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
