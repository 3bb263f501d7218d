import { defineKind } from '@tksm/core';
import { codeOf, echo, nap, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap];

describe('a command id', () => {
  it(
    'is answered with its first outcome, in this incarnation and the next',
    withKernel({ kinds }, async (test) => {
      const first = await test.enqueue({ kind: echo, input: { a: 1, b: 2 }, id: 'order/1' });
      const again = await test.enqueue({ kind: echo, input: { b: 2, a: 1 }, id: 'order/1' });
      expect(again).toEqual({ ...first, existing: true });
      await test.outcome(first.job);
      await test.restart();
      expect(await test.enqueue({ kind: echo, input: { a: 1, b: 2 }, id: 'order/1' })).toEqual(again);
      expect(first.existing).toBe(false);
    }),
  );

  it(
    'is refused for another kind, another input, or another class',
    withKernel({ kinds }, async (test) => {
      const set = { kind: 'var.set', input: { name: 'n', value: 1 }, id: 'set' };
      await test.enqueue({ kind: echo, input: 1, id: 'x' });
      await test.perform(set);
      const codes = [
        test.enqueue({ kind: echo, input: 2, id: 'x' }),
        test.enqueue({ kind: nap, input: { ms: 1 }, id: 'x' }),
        test.perform({ ...set, id: 'x' }),
        test.enqueue({ kind: echo, input: 1, id: 'set' }),
        test.perform({ ...set, input: { name: 'n', value: 2 } }),
        test.perform({ kind: 'var.delete', input: { name: 'n' }, id: 'set' }),
      ];
      for (const promise of codes) expect(await codeOf(promise)).toBe('CommandMismatch');
      await test.restart();
      expect(await codeOf(test.perform({ ...set, input: { name: 'n', value: 2 } }))).toBe('CommandMismatch');
      expect(await codeOf(test.perform(set))).toBe('resolved');
    }),
  );

  it(
    'of a batch completes it without doubling, and refuses another batch',
    withKernel({ kinds }, async (test) => {
      const batch = [1, 2, 3].map((input) => ({ kind: echo, input }));
      const { kernel } = test;
      const first = await kernel.enqueueAll(batch, kernel.operator, { id: 'batch' });
      const again = await kernel.enqueueAll([...batch, { kind: echo, input: 4 }], kernel.operator, {
        id: 'batch',
      });
      expect(again.map(({ existing }) => existing)).toEqual([true, true, true, false]);
      expect(again.slice(0, 3).map(({ job }) => job)).toEqual(first.map(({ job }) => job));
      const other = [{ kind: echo, input: 'other' }];
      expect(await codeOf(kernel.enqueueAll(other, kernel.operator, { id: 'batch' }))).toBe(
        'CommandMismatch',
      );
    }),
  );
});

describe('a dedup key', () => {
  it(
    'leads to the job that is not settled yet, and to a new one afterwards',
    withKernel({ kinds }, async (test) => {
      const command = { kind: nap, input: { ms: 1_000 }, dedupKey: 'nightly' };
      const first = await test.enqueue(command);
      expect(await test.enqueue({ ...command, id: 'twin' })).toMatchObject({
        job: first.job,
        existing: true,
      });
      expect(await test.enqueue({ kind: echo, dedupKey: 'nightly' })).toMatchObject({ existing: false });
      await test.outcome(first.job);
      const second = await test.enqueue(command);
      expect(second.existing).toBe(false);
      expect(await test.enqueue({ ...command, id: 'twin' })).toMatchObject({
        job: first.job,
        existing: true,
      });
      await test.restart();
      expect(await test.enqueue(command)).toMatchObject({ job: second.job, existing: true });
      expect(await test.enqueue({ ...command, id: 'twin' })).toMatchObject({
        job: first.job,
        existing: true,
      });
    }),
  );

  it(
    'that another job took over keeps a failed one from being retried',
    withKernel({ kinds }, async (test) => {
      const first = await test.enqueue({ kind: nap, input: { ms: 1_000 }, dedupKey: 'k' });
      await test.perform({ kind: 'job.cancel', input: { job: first.job } });
      await test.outcome(first.job);
      const second = await test.enqueue({ kind: nap, input: { ms: 1_000 }, dedupKey: 'k' });
      expect(await codeOf(test.perform({ kind: 'job.retry', input: { job: first.job } }))).toBe(
        'InvalidOperation',
      );
      await test.outcome(second.job);
      expect(await codeOf(test.perform({ kind: 'job.retry', input: { job: first.job } }))).toBe('resolved');
    }),
  );
});

describe('a job whose code is gone', () => {
  const old = defineKind({ name: 'report', version: 1, run: () => 'old' });
  const fresh = defineKind({ name: 'report', version: 2, run: () => 'new' });

  it(
    'is held, not failed, and runs again when the code is back',
    withKernel({ kinds: [old, nap], concurrency: 1 }, async (test) => {
      const { job } = await test.enqueue({ kind: 'report', notBefore: test.clock.now() + 1_000 });
      await test.restart({ kinds: [fresh] });
      await test.advance(1_000);
      expect(await test.job(job)).toMatchObject({ status: 'held', held: { code: 'CodeMissing' } });
      await test.perform({ kind: 'job.retry', input: { job } });
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('held');
      await test.restart({ kinds: [old, fresh] });
      await test.perform({ kind: 'job.retry', input: { job } });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'old' });
    }),
  );

  it(
    'pins the version it was submitted for; without one the newest is taken',
    withKernel({ kinds: [fresh, old] }, async (test) => {
      expect(await test.run({ kind: 'report' })).toEqual({ status: 'succeeded', output: 'new' });
      expect(await test.run({ kind: 'report', version: 1 })).toEqual({ status: 'succeeded', output: 'old' });
      expect(await codeOf(test.enqueue({ kind: 'report', version: 3 }))).toBe('UnsupportedOperation');
    }),
  );
});

describe('a batch', () => {
  it(
    'larger than a frame is written as several',
    withKernel({ kinds }, async (test) => {
      const input = 'x'.repeat(60_000);
      const { kernel } = test;
      const receipts = await kernel.enqueueAll(
        Array.from({ length: 400 }, () => ({ kind: echo, input })),
        kernel.operator,
      );
      expect(receipts).toHaveLength(400);
      await test.runUntilIdle();
      expect(
        await kernel.read((state) => [...state.jobs.list({ kind: 'echo', status: 'succeeded' })].length),
      ).toBe(400);
    }),
  );

  it(
    'is refused as a whole when one of it is wrong',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const batch = [
        { kind: echo, input: 1 },
        { kind: echo, priority: 99 },
      ];
      expect(await codeOf(kernel.enqueueAll(batch, kernel.operator))).toBe('InvalidSpec');
      await test.expectNotSubmitted({ kind: echo });
    }),
  );

  it(
    'of nothing is nothing',
    withKernel({ kinds }, async ({ kernel }) => {
      expect(await kernel.enqueueAll([], kernel.operator)).toEqual([]);
    }),
  );

  it(
    'is judged by its kinds before it is there, under a live handle',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['job.submit:echo'] }, kernel.operator);
      const judged = (kind: string, by = handle) => codeOf((async () => kernel.maySubmit(kind, by))());
      expect(await judged('echo')).toBe('resolved');
      expect(await judged('nap')).toBe('CapabilityDenied');
      expect(await judged('nap', kernel.operator)).toBe('resolved');
      expect(await judged('unheard-of')).toBe('UnsupportedOperation');
      expect(await judged('var.set')).toBe('InvalidOperation');
      await test.perform({ kind: 'capability.revoke', input: { handle: handle.id } });
      expect(await judged('echo')).toBe('CapabilityDenied');
    }),
  );
});
