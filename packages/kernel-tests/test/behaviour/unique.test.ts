import { defineKind } from '@tksm/core';
import { codeOf, echo, nap, TINY_RETENTION, userJobs, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap];
const broken = defineKind({
  name: 'broken',
  retry: { maxAttempts: 1 },
  run: () => {
    throw new Error('no');
  },
});
const HOUR = 3_600_000;
const limitWindows = (test: TestKernel, windows: number): Promise<unknown> =>
  test.perform({ kind: 'var.set', input: { name: 'tksm.scheduler.limits', value: { windows } } });

describe('a dedup window', () => {
  const command = { kind: echo, input: 1, dedupKey: 'invoice-7', dedupWindowMs: HOUR };

  it(
    'answers with the first job after it has settled, over restarts, until it is over',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue(command);
      await test.outcome(job);
      expect(await test.enqueue({ ...command, input: 2 })).toMatchObject({ job, existing: true });
      await test.restart();
      await test.advance(HOUR - 1_000);
      const { dedupWindowMs: _, ...short } = command;
      expect(await test.enqueue(short)).toMatchObject({ job, existing: true });
      expect(await test.enqueue({ ...command, id: 'twin' })).toMatchObject({ job, existing: true });
      await test.advance(1_000);
      const next = await test.enqueue(command);
      expect(next.existing).toBe(false);
      expect(await test.enqueue({ ...command, id: 'twin' })).toMatchObject({ job, existing: true });
    }),
  );

  it(
    'knows a job that has retired',
    withKernel({ kinds, retention: TINY_RETENTION }, async (test) => {
      const { job } = await test.enqueue(command);
      for (let n = 0; n < 5; n++) await test.run({ kind: echo, input: n });
      await test.runUntilIdle();
      expect(await test.job(job)).toMatchObject({ retired: true });
      expect(await test.enqueue(command)).toMatchObject({ job, existing: true });
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['job.submit:echo'] }, kernel.operator);
      expect(await kernel.enqueue({ ...command, id: 'twin' }, handle)).toMatchObject({ job, existing: true });
    }),
  );

  it(
    'holds for its own kind and key alone, and while its job is open for longer than that',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const long = { ...command, kind: nap, input: { ms: 3 * HOUR } };
      const { job } = await test.enqueue(long);
      expect((await test.enqueue({ ...command, dedupKey: 'invoice-8' })).existing).toBe(false);
      expect((await test.enqueue(command)).existing).toBe(false);
      await test.advance(2 * HOUR);
      expect(await test.enqueue(long)).toMatchObject({ job, existing: true });
    }),
  );

  it(
    'is bounded in number: one more is refused until one is over',
    withKernel({ kinds }, async (test) => {
      await limitWindows(test, 2);
      await test.enqueue({ ...command, dedupKey: 'a' });
      await test.enqueue({ ...command, dedupKey: 'b', dedupWindowMs: 2 * HOUR });
      await expect(test.enqueue(command)).rejects.toMatchObject({
        code: 'QueueFull',
        data: { queue: 'windows', limit: 2, retryAfterMs: HOUR },
      });
      await test.advance(HOUR);
      expect((await test.enqueue(command)).existing).toBe(false);
      expect(await codeOf(test.enqueue({ ...command, dedupKey: 'c' }))).toBe('QueueFull');
    }),
  );

  it(
    'has room again when more are over than the bound was lowered by',
    withKernel({ kinds }, async (test) => {
      for (const dedupKey of ['a', 'b', 'c']) await test.enqueue({ ...command, dedupKey });
      await limitWindows(test, 1);
      await test.advance(HOUR - 1_000);
      expect(await codeOf(test.enqueue(command))).toBe('QueueFull');
      await test.advance(1_000);
      expect((await test.enqueue(command)).existing).toBe(false);
    }),
  );

  it(
    'is refused without a key, or when it is no window',
    withKernel({ kinds }, async (test) => {
      const { dedupKey: _, ...keyless } = command;
      for (const bad of [
        keyless,
        { ...command, dedupWindowMs: 0 },
        { ...command, dedupWindowMs: 31 * 24 * HOUR },
      ]) {
        await expect(test.enqueue(bad)).rejects.toMatchObject({
          code: 'InvalidSpec',
          data: { field: 'dedupWindowMs' },
        });
      }
    }),
  );
});

describe('a debounced job', () => {
  const debounce = { key: 'doc-1', ms: 1_000, maxMs: 3_000 };
  const save = (input: string) => ({ kind: echo, input, debounce });

  it(
    'runs once, with the last input, when no more submissions come',
    withKernel({ kinds }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue(save('a'));
      await test.advance(900);
      expect(await test.enqueue(save('b'))).toMatchObject({ job, existing: true });
      await test.advance(900);
      await test.enqueue({ ...save('c'), id: 'third' });
      expect((await test.job(job)).status).toBe('delayed');
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'c' });
      expect((await test.job(job)).settledAt).toBe(start + 2_800);
      expect(await test.enqueue({ ...save('c'), id: 'third' })).toMatchObject({ job, existing: true });
    }),
  );

  it(
    'runs at the latest when its longest time is over, and the next submission is another job',
    withKernel({ kinds }, async (test) => {
      const start = test.clock.now();
      const { job } = await test.enqueue(save('0'));
      for (let n = 1; n < 5; n++) {
        await test.advance(700);
        await test.enqueue(save(String(n)));
      }
      expect((await test.job(job)).spec.notBefore).toBe(start + 3_000);
      await test.advance(200);
      expect(await test.job(job)).toMatchObject({ outcome: { output: '4' } });
      expect((await test.enqueue(save('5'))).existing).toBe(false);
    }),
  );

  it(
    'keeps its input and its time over a restart',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue(save('a'));
      await test.advance(900);
      await test.enqueue(save('b'));
      await test.restart();
      await test.advance(900);
      expect((await test.job(job)).status).toBe('delayed');
      await test.advance(200);
      expect(await test.job(job)).toMatchObject({ outcome: { output: 'b' } });
    }),
  );

  it(
    'is put off also when it already waits for a slot, and no more once it has begun',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      await test.enqueue({ kind: nap, input: { ms: 1_500 } });
      const { job } = await test.enqueue(save('a'));
      await test.advance(1_200);
      await test.enqueue(save('b'));
      await test.advance(500);
      expect((await test.job(job)).status).toBe('delayed');
      const slow = { kind: nap, input: { ms: 9_000 }, debounce };
      const first = await test.enqueue(slow);
      await test.advance(2_000);
      expect((await test.job(first.job)).status).toBe('running');
      expect((await test.enqueue(slow)).job).not.toBe(first.job);
    }),
  );

  it(
    'waits on where one that had begun before it is put back',
    withKernel({ kinds: [...kinds, broken] }, async (test) => {
      const failed = await test.enqueue({ kind: broken, debounce });
      await test.outcome(failed.job);
      const { job } = await test.enqueue({ kind: broken, debounce });
      await test.perform({ kind: 'job.retry', input: { job: failed.job } });
      expect(await test.enqueue({ kind: broken, debounce })).toMatchObject({ job, existing: true });
    }),
  );

  it(
    'keeps the same command its own, whatever came later',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ ...save('a'), id: 'first' });
      await test.enqueue(save('b'));
      expect(await test.enqueue({ ...save('a'), id: 'first' })).toMatchObject({ job, existing: true });
      expect((await test.job(job)).spec.input).toBe('b');
    }),
  );

  it(
    'is refused with what contradicts it',
    withKernel({ kinds }, async (test) => {
      for (const bad of [
        { ...save('a'), dedupKey: 'k' },
        { ...save('a'), notBefore: 1 },
        { ...save('a'), debounce: { key: '', ms: 1 } },
        { ...save('a'), debounce: { key: 'k', ms: 0 } },
        { ...save('a'), debounce: { key: 'k', ms: 10, maxMs: 9 } },
      ]) {
        expect(await codeOf(test.enqueue(bad))).toBe('InvalidSpec');
      }
      const { kernel } = test;
      expect(await codeOf(kernel.enqueueAll([save('a')], kernel.operator))).toBe('InvalidSpec');
      expect(await userJobs(test)).toEqual([]);
    }),
  );
});

describe('bad input', () => {
  it(
    'of a priority out of range is refused, and of a deadline in the past ends the job unrun',
    withKernel({ kinds }, async (test) => {
      for (const priority of [-1, 10, 1.5])
        expect(await codeOf(test.enqueue({ kind: echo, priority }))).toBe('InvalidSpec');
      expect(await codeOf(test.enqueue({ kind: echo, deadline: -1 }))).toBe('InvalidSpec');
      const { job } = await test.enqueue({ kind: echo, deadline: test.clock.now() - 1 });
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'DeadlineExceeded' },
      });
      expect(await test.job(job)).toMatchObject({ epoch: 0, attempts: 0 });
    }),
  );
});
