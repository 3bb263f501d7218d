import { defineKind } from '@tksm/core';
import { createMemoryLog } from '@tksm/drivers-memory';
import { codeOf, echo, gate, nap, parent, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap, parent];
const LONG = { kind: nap, input: { ms: 60_000 } };
const set = (test: TestKernel, name: string, value: Record<string, number>): Promise<unknown> =>
  test.perform({ kind: 'var.set', input: { name, value } });
const limit = (test: TestKernel, value: Record<string, number>): Promise<unknown> =>
  set(test, 'tksm.scheduler.limits', value);

describe('a bounded queue', () => {
  it(
    'refuses what does not fit, and takes it when something has settled',
    withKernel({ kinds }, async (test) => {
      await limit(test, { queued: 2 });
      const { job } = await test.enqueue(LONG);
      await test.enqueue({ ...LONG, notBefore: test.clock.now() + 90_000 });
      await expect(test.enqueue(LONG)).rejects.toMatchObject({
        code: 'QueueFull',
        category: 'exhausted',
        retryable: true,
        data: { queue: 'queued', limit: 2, taken: 2, asked: 1, retryAfterMs: 1_000 },
      });
      await test.outcome(job);
      expect((await test.enqueue(LONG)).existing).toBe(false);
    }),
  );

  it(
    'answers a repeated command, and meets a live dedup key, without a place',
    withKernel({ kinds }, async (test) => {
      await limit(test, { queued: 1 });
      const first = await test.enqueue({ ...LONG, id: 'one', dedupKey: 'k' });
      expect(await test.enqueue({ ...LONG, id: 'one', dedupKey: 'k' })).toMatchObject({ job: first.job });
      expect(await test.enqueue({ ...LONG, dedupKey: 'k' })).toMatchObject({ job: first.job });
    }),
  );

  it(
    'counts what was open before a restart',
    withKernel({ kinds }, async (test) => {
      await limit(test, { queued: 1 });
      await test.enqueue(LONG);
      await test.restart();
      expect(await codeOf(test.enqueue(LONG))).toBe('QueueFull');
    }),
  );

  it(
    'takes a batch as a whole or not at all, and says when one never fits',
    withKernel({ kinds }, async (test) => {
      await limit(test, { queued: 3 });
      const { kernel } = test;
      const batch = (count: number) => kernel.enqueueAll(Array(count).fill(LONG), kernel.operator);
      await batch(2);
      await expect(batch(2)).rejects.toMatchObject({ code: 'QueueFull', data: { taken: 2, asked: 2 } });
      const never = await batch(4).catch((error: unknown) => error);
      expect(never).toMatchObject({ code: 'QueueFull', data: { limit: 3 }, next: /fewer/ });
      expect(never).not.toHaveProperty('data.retryAfterMs');
      expect((await kernel.read(({ jobs }) => [...jobs.list({ kind: 'nap' })])).length).toBe(2);
    }),
  );

  it(
    'keeps the places of a large batch from others while it is written',
    withKernel({ kinds }, async (test) => {
      await limit(test, { queued: 4_000 });
      const { kernel } = test;
      const begun = submitted(test);
      const batch = kernel.enqueueAll(Array(4_000).fill(LONG), kernel.operator);
      await begun;
      const before = await kernel.read(({ jobs }) => jobs.counts());
      expect(await codeOf(test.enqueue(LONG))).toBe('QueueFull');
      expect(before.queued + before.running).toBeLessThan(4_000);
      expect((await batch).length).toBe(4_000);
    }),
  );

  it(
    'bounds what is put back, too',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue(LONG);
      await test.perform({ kind: 'job.cancel', input: { job } });
      await test.outcome(job);
      await limit(test, { queued: 0 });
      expect(await codeOf(test.perform({ kind: 'job.retry', input: { job } }))).toBe('QueueFull');
    }),
  );

  it(
    'says how long it will take, from how fast jobs settle',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      await limit(test, { queued: 30 });
      for (let n = 0; n < 30; n++) await test.enqueue({ kind: nap, input: { ms: 500 } });
      await test.advance(4_900);
      const { kernel } = test;
      const refused = kernel.enqueueAll(Array(15).fill(LONG), kernel.operator);
      // 21 are open; six places more come free in three seconds.
      await expect(refused).rejects.toMatchObject({ data: { taken: 21, asked: 15 } });
      const { data } = (await refused.catch((error: unknown) => error)) as { data: { retryAfterMs: number } };
      expect(data.retryAfterMs).toBeGreaterThanOrEqual(2_500);
      expect(data.retryAfterMs).toBeLessThanOrEqual(4_000);
    }),
  );
});

/** The first job that is submitted from now on is durable. */
async function submitted({ kernel }: TestKernel): Promise<void> {
  for await (const { event } of kernel.events()) if (event.type === 'job.submitted') return;
}

describe('a log that is slower than what is asked of it', () => {
  it('has a bounded queue before it, and takes a large batch all the same', async () => {
    const log = createMemoryLog({ maxFrameBytes: 60_000 });
    await withKernel({ kinds, log }, async (test) => {
      const input = 'x'.repeat(5_000);
      const release = log.hold();
      const asked = Array.from({ length: 400 }, () => codeOf(test.enqueue({ kind: echo, input })));
      release();
      const codes = await Promise.all(asked);
      expect(new Set(codes)).toEqual(new Set(['resolved', 'QueueFull']));
      const { kernel } = test;
      const batch = Array.from({ length: 400 }, () => ({ kind: echo, input }));
      expect((await kernel.enqueueAll(batch, kernel.operator)).length).toBe(400);
    })();
  });
});

describe('children', () => {
  it(
    'have places of their own: outside work cannot fill them',
    withKernel({ kinds }, async (test) => {
      await limit(test, { queued: 1, children: 2 });
      const outcome = test.run({ kind: parent, input: { kind: 'echo', inputs: [1, 2] } });
      expect((await outcome).status).toBe('succeeded');
    }),
  );

  it('fail the attempt that finds no room, all together, and a later attempt finds it', async () => {
    const door = gate();
    const holder = defineKind({ name: 'holder', run: () => door.opened });
    await withKernel({ kinds: [...kinds, holder] }, async (test) => {
      await limit(test, { children: 2 });
      const first = await test.enqueue({ kind: parent, input: { kind: 'holder', inputs: [1] } });
      await test.runUntilIdle();
      const second = await test.enqueue({ kind: parent, input: { kind: 'echo', inputs: [1, 2] } });
      await test.runUntilIdle();
      expect(await test.job(second.job)).toMatchObject({
        status: 'delayed',
        attempts: 1,
        lastError: { code: 'QueueFull', data: { queue: 'children', taken: 1, asked: 2 } },
      });
      expect(await test.kernel.read(({ jobs }) => [...jobs.list({ parent: second.job })])).toEqual([]);
      door.open();
      expect((await test.outcome(second.job)).status).toBe('succeeded');
      expect((await test.outcome(first.job)).status).toBe('succeeded');
    })();
  });

  it(
    'never hold up what runs: where none ever fits, the attempts end',
    withKernel({ kinds }, async (test) => {
      await limit(test, { children: 0 });
      expect(await test.run({ kind: parent, input: { kind: 'echo', inputs: [1] } })).toMatchObject({
        status: 'failed',
        error: { code: 'QueueFull' },
      });
    }),
  );

  it(
    'count against the origin of their parent',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({
        kind: parent,
        input: { kind: 'echo', inputs: [1] },
        origin: 'acme',
      });
      await test.outcome(job);
      expect((await test.expectSubmitted({ kind: 'echo' })).spec.origin).toBe('acme');
    }),
  );
});

describe('the quota of an origin', () => {
  it(
    'bounds that origin alone, and another when every one has it',
    withKernel({ kinds }, async (test) => {
      await test.enqueue({ ...LONG, origin: 'acme' });
      await set(test, 'tksm.origin.acme', { queued: 2 });
      await set(test, 'tksm.origin.*', { queued: 1 });
      await test.enqueue({ ...LONG, origin: 'acme' });
      await expect(test.enqueue({ ...LONG, origin: 'acme' })).rejects.toMatchObject({
        code: 'QueueFull',
        data: { origin: 'acme', limit: 2, taken: 2 },
      });
      await test.enqueue({ ...LONG, origin: 'other' });
      expect(await codeOf(test.enqueue({ ...LONG, origin: 'other' }))).toBe('QueueFull');
      await test.perform({ kind: 'var.delete', input: { name: 'tksm.origin.*' } });
      expect(await codeOf(test.enqueue({ ...LONG, origin: 'other' }))).toBe('resolved');
    }),
  );

  it(
    'is refused when it is none',
    withKernel({ kinds }, async (test) => {
      for (const value of [{ queued: -1 }, { queued: 1.5 }, { other: 1 }]) {
        expect(await codeOf(set(test, 'tksm.origin.acme', value))).toBe('InvalidInput');
      }
      expect(await codeOf(limit(test, { queued: -1 }))).toBe('InvalidInput');
    }),
  );
});

describe('the jobs of a supervisor', () => {
  it(
    'need no place: a full queue cannot keep it from starting a child again',
    withKernel({ kinds }, async (test) => {
      await test.enqueue(LONG);
      await limit(test, { queued: 1 });
      const child = { id: 'c', restart: 'permanent', kind: 'nap', input: { ms: 1_000 } };
      await test.perform({ kind: 'supervisor.start', input: { id: 's', children: [child] } });
      await test.advance(1_500);
      const supervised = await test.kernel.read(({ jobs }) =>
        [...jobs.list({ kind: 'nap' })].filter(({ spec }) => spec.supervision !== undefined),
      );
      expect(supervised.map(({ status }) => status)).toEqual(['succeeded', 'running']);
      expect(await codeOf(test.enqueue(LONG))).toBe('QueueFull');
    }),
  );
});
