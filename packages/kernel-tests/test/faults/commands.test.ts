import type { CapabilityHandle, Command, HandleId, StandardSchema } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { testKernel } from '@tksm/testing';
import { codeOf, echo, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const isText: StandardSchema<unknown, string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'string'
        ? { value }
        : { issues: [{ message: 'not a text', path: ['a', { key: 0 }] }] },
  },
};
const later: StandardSchema<unknown, string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) => await isText['~standard'].validate(value),
  },
};
const picky = defineKind({ name: 'picky', input: isText, run: (input) => input });
const slowlyPicky = defineKind({ name: 'slowly-picky', input: later, run: (input) => input });
const kinds = [echo, picky, slowlyPicky];

const cycle: unknown[] = [];
cycle.push(cycle);
const nested = (depth: number): unknown => (depth === 0 ? 1 : { deep: nested(depth - 1) });

describe('a command', () => {
  it.each<[string, string, object]>([
    ['an unknown kind', 'UnsupportedOperation', { kind: 'nobody' }],
    ['a kind named as an inherited property', 'UnsupportedOperation', { kind: '__proto__' }],
    ['no kind', 'UnsupportedOperation', {}],
    ['a kind that is a number', 'UnsupportedOperation', { kind: 5 }],
    ['an unknown version', 'UnsupportedOperation', { kind: 'echo', version: 2 }],
    ['a system kind', 'UnsupportedOperation', { kind: 'kernel.shutdown' }],
    ['input that does not fit its schema', 'InvalidInput', { kind: 'picky', input: 5 }],
    ['input that does not fit its asynchronous schema', 'InvalidInput', { kind: 'slowly-picky', input: 5 }],
    ['NaN', 'InvalidValue', { kind: 'echo', input: { n: Number.NaN } }],
    ['a lone surrogate', 'InvalidValue', { kind: 'echo', input: ['\ud800'] }],
    ['a key __proto__', 'InvalidValue', { kind: 'echo', input: JSON.parse('{"a": {"__proto__": 1}}') }],
    ['a cycle', 'InvalidValue', { kind: 'echo', input: cycle }],
    ['deep nesting', 'InvalidValue', { kind: 'echo', input: nested(65) }],
    ['a function', 'InvalidValue', { kind: 'echo', input: () => 1 }],
    ['a class instance', 'InvalidValue', { kind: 'echo', input: new Date(0) }],
    ['an oversized payload', 'PayloadTooLarge', { kind: 'echo', input: '😀'.repeat(17_000) }],
    ['a command id that is none', 'InvalidInput', { kind: 'echo', id: 'spaces are not allowed' }],
    ['an empty command id', 'InvalidInput', { kind: 'echo', id: '' }],
    ['a priority too high', 'InvalidSpec', { kind: 'echo', priority: 10 }],
    ['a priority with a fraction', 'InvalidSpec', { kind: 'echo', priority: 1.5 }],
    ['a priority that is a text', 'InvalidSpec', { kind: 'echo', priority: '5' }],
    ['a timeout of nothing', 'InvalidSpec', { kind: 'echo', timeoutMs: 0 }],
    ['a timeout without end', 'InvalidSpec', { kind: 'echo', timeoutMs: Number.POSITIVE_INFINITY }],
    ['a deadline that is a date', 'InvalidSpec', { kind: 'echo', deadline: new Date(0) }],
    ['a start before time began', 'InvalidSpec', { kind: 'echo', notBefore: -1 }],
    ['a retry of no attempts', 'InvalidSpec', { kind: 'echo', retry: { maxAttempts: 0 } }],
    ['a retry that shrinks', 'InvalidSpec', { kind: 'echo', retry: { factor: 0.5 } }],
    ['a retry with NaN', 'InvalidSpec', { kind: 'echo', retry: { initialDelayMs: Number.NaN } }],
    ['more jitter than delay', 'InvalidSpec', { kind: 'echo', retry: { jitter: 1.1 } }],
    ['an unknown policy', 'InvalidSpec', { kind: 'echo', onDependencyFailure: 'ignore' }],
    ['an unknown child policy', 'InvalidSpec', { kind: 'echo', childPolicy: 'abandon' }],
    ['an empty name', 'InvalidSpec', { kind: 'echo', name: '' }],
    ['a name that is too long', 'InvalidSpec', { kind: 'echo', name: 'x'.repeat(257) }],
    ['an origin that is no text', 'InvalidSpec', { kind: 'echo', origin: {} }],
    ['claims that are no list', 'InvalidSpec', { kind: 'echo', claims: 'all' }],
    ['a claim that is no text', 'InvalidSpec', { kind: 'echo', claims: [new Date(0)] }],
    ['too many claims', 'InvalidSpec', { kind: 'echo', claims: Array.from({ length: 65 }, () => 'a:b') }],
    ['affinity that is no object', 'InvalidSpec', { kind: 'echo', affinity: 5 }],
    ['affinity to a date', 'InvalidSpec', { kind: 'echo', affinity: { require: [new Date(0)] } }],
    ['dependencies that are no list', 'InvalidSpec', { kind: 'echo', dependsOn: 5 }],
    ['a dependency that is nothing', 'DependencyUnknown', { kind: 'echo', dependsOn: [null] }],
    ['a name with a lone surrogate', 'InvalidValue', { kind: 'echo', name: '\udc00' }],
  ])(
    'with %s is refused, and nothing of it is recorded but that its kind is not here',
    async (_what, code, command) => {
      await withKernel({ kinds }, async (test) => {
        await test.runUntilIdle();
        const { kernel } = test;
        const before = kernel.log.head.position;
        expect(await codeOf(kernel.submit(command as Command, kernel.operator))).toBe(code);
        expect(await codeOf(kernel.enqueueAll([command as Command], kernel.operator))).toBe(
          code === 'InvalidInput' && 'id' in command ? 'InvalidSpec' : code,
        );
        if (code !== 'InvalidInput' || !('id' in command)) {
          const left = (await test.events()).slice(before).map(({ event }) => event.type);
          const isNamed = 'kind' in command && typeof command.kind === 'string';
          expect(left).toEqual(code === 'UnsupportedOperation' && isNamed ? ['command.refused'] : []);
        }
      })();
    },
  );

  it(
    'keeps of its retry policy only what belongs there',
    withKernel({ kinds }, async (test) => {
      const retry = { maxAttempts: 2, when: new Date(0) } as { maxAttempts: number };
      const { job } = await test.enqueue({ kind: echo, retry });
      const { spec } = await test.job(job);
      expect(Object.keys(spec.retry ?? {}).sort()).toEqual([
        'factor',
        'initialDelayMs',
        'jitter',
        'maxAttempts',
        'maxDelayMs',
      ]);
    }),
  );

  it(
    'is copied: what its caller does to it later is nobody else’s business',
    withKernel({ kinds }, async (test) => {
      const input = { list: [1] };
      const receipt = test.enqueue({ kind: echo, input });
      input.list.push(2);
      expect(await test.outcome((await receipt).job)).toEqual({ status: 'succeeded', output: { list: [1] } });
    }),
  );

  it(
    'names the issues of its schema',
    withKernel({ kinds }, async ({ kernel }) => {
      await expect(
        kernel.submit({ kind: picky, input: 5 as unknown as string }, kernel.operator),
      ).rejects.toMatchObject({
        data: { issues: [{ path: 'a.0', message: 'not a text' }] },
      });
    }),
  );

  it(
    'with a good input for an asynchronous schema is taken',
    withKernel({ kinds }, async (test) => {
      expect(await test.run({ kind: slowlyPicky, input: 'text' })).toEqual({
        status: 'succeeded',
        output: 'text',
      });
    }),
  );
});

describe('a capability handle', () => {
  it.each<[string, (own: CapabilityHandle, foreign: CapabilityHandle) => unknown]>([
    ['forged', (own) => ({ id: own.id })],
    ['copied', (own) => ({ ...own })],
    ['wrapped', (own) => new Proxy(own, {})],
    ['inherited', (own) => Object.create(own)],
    ['of another kernel', (_own, foreign) => foreign],
    ['that is an id', (own) => own.id],
    ['that is nothing', () => undefined],
    ['that is null', () => null],
    ['that is a function', () => () => 'operator' as HandleId],
  ])('%s allows nothing', async (_what, make) => {
    const other = await testKernel({ kinds, seed: 'other' });
    await withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const handle = make(kernel.operator, other.kernel.operator) as CapabilityHandle;
      const attempts = [
        kernel.submit({ kind: echo }, handle),
        kernel.enqueue({ kind: echo }, handle),
        kernel.enqueue({ kind: 'nobody' }, handle),
        kernel.perform({ kind: 'var.set', input: { name: 'n', value: 1 } }, handle),
        kernel.enqueueAll([{ kind: echo }], handle),
      ];
      for (const attempt of attempts) expect(await codeOf(attempt)).toBe('CapabilityDenied');
      await test.expectNotSubmitted({ kind: echo });
    })();
    await other.close();
  });

  it(
    'of an earlier incarnation allows nothing in the next',
    withKernel({ kinds }, async (test) => {
      const { operator } = test.kernel;
      await test.restart();
      expect(await codeOf(test.kernel.submit({ kind: echo }, operator))).toBe('CapabilityDenied');
    }),
  );
});
