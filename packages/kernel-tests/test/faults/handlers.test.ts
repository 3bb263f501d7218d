import { KernelError } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { echo, storyOf, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const throwing = (thrown: unknown) =>
  defineKind({
    name: 'throws',
    retry: { maxAttempts: 1 },
    run: () => {
      throw thrown;
    },
  });
const returning = (make: () => unknown) =>
  defineKind({ name: 'returns', retry: { maxAttempts: 1 }, run: make as () => Value });

const cycle: Record<string, unknown> = {};
cycle.self = cycle;
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const lookalike = (fields: object): Error =>
  Object.assign(new Error('forged'), { name: 'KernelError' }, fields);

describe('a handler that throws', () => {
  it.each<[string, unknown, string]>([
    ['an Error', new Error('oops'), 'HandlerFailed'],
    ['a string', 'oops', 'NonErrorThrown'],
    ['undefined', undefined, 'NonErrorThrown'],
    ['null', null, 'NonErrorThrown'],
    ['a symbol', Symbol('oops'), 'NonErrorThrown'],
    ['an object without a prototype', Object.create(null), 'NonErrorThrown'],
    ['a function', () => 1, 'NonErrorThrown'],
    ['an Error with a message that is no text', Object.assign(new Error(), { message: 42 }), 'HandlerFailed'],
    [
      'an Error that fails when it is looked at',
      new Proxy(new Error(), {
        get: () => {
          throw new Error('trap');
        },
      }),
      'NonErrorThrown',
    ],
    ['an Error with a code of ours', Object.assign(new Error('x'), { code: 'Timeout' }), 'HandlerFailed'],
    [
      'an error of ours',
      new KernelError('ProcessFailed', 'exit 1', { data: { exitCode: 1 } }),
      'ProcessFailed',
    ],
    ['a forged error of ours', lookalike({ code: 'ProcessFailed' }), 'ProcessFailed'],
    ['a forged error of ours with an unknown code', lookalike({ code: 'Nonsense' }), 'HandlerFailed'],
    [
      'a forged error of ours with the code of an inherited name',
      lookalike({ code: 'constructor' }),
      'HandlerFailed',
    ],
    ['the code of an interruption', new KernelError('Interrupted', 'again, please'), 'HandlerFailed'],
  ])('%s fails its attempt with a typed error', async (_what, thrown, code) => {
    await withKernel({ kinds: [throwing(thrown), echo] }, async (test) => {
      expect(await test.run({ kind: 'throws' })).toMatchObject({ status: 'failed', error: { code } });
      expect((await test.run({ kind: echo })).status).toBe('succeeded');
    })();
  });

  it.each<[string, Record<string, unknown>]>([
    ['a date', { when: new Date(0) }],
    ['NaN', { n: Number.NaN }],
    ['a function', { f: () => 1 }],
    ['a cycle', cycle],
    ['undefined', { u: undefined, n: 1 }],
    ['a lone surrogate', { s: '\ud800' }],
    ['far too much', { s: 'x'.repeat(1_000_000) }],
    ['a bigint', { n: 5n }],
  ])('an error whose data has %s leaves a log that replays', async (_what, data) => {
    const error = new KernelError('ProcessRejected', 'with data', { data: data as never });
    await withKernel({ kinds: [throwing(error)] }, async (test) => {
      const { job } = await test.enqueue({ kind: 'throws' });
      expect(await test.outcome(job)).toMatchObject({ status: 'failed', error: { code: 'ProcessRejected' } });
      expect(JSON.stringify((await test.job(job)).outcome).length).toBeLessThan(10_000);
    })();
  });

  it('a message without end or with lone surrogates has it bounded and mended', async () => {
    const kind = throwing(new Error(`\ud800${'x'.repeat(100_000)}`));
    await withKernel({ kinds: [kind] }, async (test) => {
      const outcome = await test.run({ kind });
      const message = outcome.status === 'failed' ? outcome.error.message : '';
      expect(message.startsWith('\ufffdxxx')).toBe(true);
      expect(message.length).toBeLessThan(2_100);
    })();
  });
});

describe('a handler that returns', () => {
  it.each<[string, () => unknown, string]>([
    ['a function', () => () => 1, 'ResultNotStorable'],
    ['a symbol', () => Symbol('x'), 'ResultNotStorable'],
    ['a cycle', () => cycle, 'ResultNotStorable'],
    ['NaN', () => Number.NaN, 'ResultNotStorable'],
    ['an infinity', () => [Number.POSITIVE_INFINITY], 'ResultNotStorable'],
    ['a date', () => new Date(0), 'ResultNotStorable'],
    ['a map', () => new Map(), 'ResultNotStorable'],
    ['a lone surrogate', () => 'x\udfff', 'ResultNotStorable'],
    ['a key with a lone surrogate', () => ({ '\ud800': 1 }), 'ResultNotStorable'],
    [
      'a key __proto__',
      () => JSON.parse('{"__proto__": {"polluted": true}}') as unknown,
      'ResultNotStorable',
    ],
    ['a hole', () => [1, , 3], 'ResultNotStorable'],
    ['deep nesting', () => nested(65), 'ResultNotStorable'],
    ['a forged tag', () => ({ $bigint: 'twelve' }), 'ResultNotStorable'],
    [
      'a getter that throws',
      () => ({
        get x() {
          throw new Error('trap');
        },
      }),
      'ResultNotStorable',
    ],
    ['too much', () => 'x'.repeat(65_535), 'PayloadTooLarge'],
    [
      'a thenable that throws',
      () => ({
        then: () => {
          throw new Error('trap');
        },
      }),
      'HandlerFailed',
    ],
    [
      'a thenable whose getter throws',
      () => ({
        get then() {
          throw new Error('trap');
        },
      }),
      'HandlerFailed',
    ],
  ])('%s fails with a typed error', async (_what, make, code) => {
    const kind = returning(make);
    await withKernel({ kinds: [kind, echo] }, async (test) => {
      expect(await test.run({ kind })).toMatchObject({ status: 'failed', error: { code } });
      expect((await test.run({ kind: echo })).status).toBe('succeeded');
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    })();
  });

  it('a thenable that answers twice is heard once', async () => {
    const kind = returning(() => ({
      then: (resolve: (value: number) => void, reject: (error: Error) => void) => {
        resolve(1);
        resolve(2);
        reject(new Error('three'));
      },
    }));
    await withKernel({ kinds: [kind] }, async (test) => {
      const { job } = await test.enqueue({ kind });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 1 });
      await test.runUntilIdle();
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'succeeded']);
    })();
  });

  it.each<[string, () => unknown, unknown]>([
    ['nothing', () => undefined, null],
    ['minus zero', () => -0, 0],
    ['bigint and bytes', () => [12n, new Uint8Array([255])], [{ $bigint: '12' }, { $bytes: '/w==' }]],
    ['a property that is undefined', () => ({ a: undefined, b: 1 }), { b: 1 }],
    ['the deepest nesting there may be', () => nested(64), nested(64)],
    ['integer keys out of order', () => ({ b: 1, 2: 1, 1: 1 }), { 1: 1, 2: 1, b: 1 }],
    ['a number at the edge', () => [5e-324, 1e21, 2 ** 53, 0.1 + 0.2], [5e-324, 1e21, 2 ** 53, 0.1 + 0.2]],
    ['as much as there may be', () => 'x'.repeat(65_534), 'x'.repeat(65_534)],
  ])('%s succeeds', async (_what, make, output) => {
    const kind = returning(make);
    await withKernel({ kinds: [kind] }, async (test) => {
      expect(await test.run({ kind })).toEqual({ status: 'succeeded', output });
    })();
  });
});
