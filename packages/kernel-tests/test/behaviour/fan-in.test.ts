import type { JobId } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { broken, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const square = defineKind<number, number>({ name: 'square', run: (n) => n * n });
const sum = defineKind<readonly number[], number>({
  name: 'sum',
  run: (numbers) => numbers.reduce((all, n) => all + n, 0),
});

/** Fans out to a job for each number, and in to one that is given what they came to. */
const squares = defineKind<readonly number[], JobId>({
  name: 'squares',
  run: (numbers, context) => {
    const parts = numbers.map((n) => context.submit({ kind: square, input: n }));
    const input = parts.map((job) => ({ $output: { job } }));
    return context.submit({ kind: sum, input, dependsOn: parts });
  },
});

const kinds = [broken, square, squares, sum];

describe('a fan-in', () => {
  it(
    'is given the outputs of the children it depends on',
    withKernel({ kinds }, async (test) => {
      const fanned = await test.run({ kind: squares, input: [1, 2, 3] });
      const join = fanned.status === 'succeeded' ? (fanned.output as JobId) : undefined;
      expect(join && (await test.outcome(join))).toEqual({ status: 'succeeded', output: 14 });
    }),
  );

  it(
    'is given the outputs of a batch by the names of its jobs',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const parts = [1, 2, 3].map((n) => ({ kind: square, input: n, name: `n${n}` }));
      const input = parts.map(({ name }) => ({ $output: { job: name } }));
      const join = { kind: sum, input, dependsOn: parts.map(({ name }) => ({ name })) };
      const receipts = await kernel.enqueueAll([...parts, join], kernel.operator);
      const last = receipts.at(-1);
      expect(last && (await test.outcome(last.job))).toEqual({ status: 'succeeded', output: 14 });
    }),
  );

  it(
    'is cancelled when one of them fails, and tells which',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const receipts = await kernel.enqueueAll(
        [
          { kind: broken, name: 'bad' },
          { kind: sum, input: [{ $output: { job: 'bad' } }], dependsOn: [{ name: 'bad' }] },
        ],
        kernel.operator,
      );
      const last = receipts.at(-1);
      expect(last && (await test.outcome(last.job))).toMatchObject({
        status: 'cancelled',
        error: { code: 'DependencyFailed', data: { dependency: receipts[0]?.job, status: 'failed' } },
      });
    }),
  );
});
