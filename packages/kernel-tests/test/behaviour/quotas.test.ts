import { defineKind } from '@tksm/core';
import { codeOf, echo, nap, withKernel } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap];
const set = (test: TestKernel, name: string, value: object): Promise<unknown> =>
  test.perform({ kind: 'var.set', input: { name, value } });

/** When the jobs of a kind began, in ms since `start`. */
async function beginnings(test: TestKernel, kind: string, start: number): Promise<readonly number[]> {
  const jobs = new Set(
    await test.kernel.read((state) => [...state.jobs.list({ kind })].map(({ id }) => id as string)),
  );
  const events = await test.events();
  return events.flatMap(({ event, time }) =>
    event.type === 'job.leased' && jobs.has(event.job) ? [time - start] : [],
  );
}

describe('jobs of an origin in flight', () => {
  const long = (origin: string) => ({ kind: nap, input: { ms: 1_000 }, origin });
  const running = async (test: TestKernel): Promise<readonly string[]> =>
    await test.kernel.read(({ jobs }) =>
      [...jobs.list({ kind: 'nap', status: 'running' })].map(({ spec }) => spec.origin ?? ''),
    );

  it(
    'are no more than its quota, and others go before those that wait',
    withKernel({ kinds, concurrency: 4 }, async (test) => {
      await set(test, 'tksm.origin.acme', { inFlight: 2 });
      for (let n = 0; n < 6; n++) await test.enqueue(long('acme'));
      await test.enqueue(long('other'));
      expect(await running(test)).toEqual(['acme', 'acme', 'other']);
      await test.advance(1_000);
      expect(await running(test)).toEqual(['acme', 'acme']);
    }),
  );

  it(
    'follow a quota that is raised, and one that is taken away, over a restart too',
    withKernel({ kinds, concurrency: 10 }, async (test) => {
      await set(test, 'tksm.origin.*', { inFlight: 1 });
      for (let n = 0; n < 4; n++) await test.enqueue(long('acme'));
      expect((await running(test)).length).toBe(1);
      await set(test, 'tksm.origin.acme', { inFlight: 2 });
      expect((await running(test)).length).toBe(2);
      await test.restart();
      expect((await running(test)).length).toBe(2);
      for (const name of ['tksm.origin.*', 'tksm.origin.acme'])
        await test.perform({ kind: 'var.delete', input: { name } });
      expect((await running(test)).length).toBe(4);
    }),
  );

  it(
    'are none with a quota of none',
    withKernel({ kinds }, async (test) => {
      await set(test, 'tksm.origin.acme', { inFlight: 0 });
      const { job } = await test.enqueue(long('acme'));
      await test.runUntilIdle();
      expect((await test.job(job)).status).toBe('queued');
      await test.perform({ kind: 'job.cancel', input: { job } });
    }),
  );
});

describe('the rate of an origin', () => {
  it(
    'lets a burst begin at once, and then one job after another',
    withKernel({ kinds }, async (test) => {
      await set(test, 'tksm.origin.acme', { rate: { perSecond: 2, burst: 3 } });
      const start = test.clock.now();
      for (let n = 0; n < 6; n++) await test.enqueue({ kind: echo, input: n, origin: 'acme' });
      await test.advance(5_000);
      expect(await beginnings(test, 'echo', start)).toEqual([0, 0, 0, 500, 1_000, 1_500]);
    }),
  );

  it(
    'is no other after a restart',
    withKernel({ kinds }, async (test) => {
      await set(test, 'tksm.origin.acme', { rate: { perSecond: 0.1, burst: 2 } });
      const start = test.clock.now();
      for (let n = 0; n < 3; n++) await test.enqueue({ kind: echo, input: n, origin: 'acme' });
      await test.advance(1_000);
      await test.restart();
      await test.advance(20_000);
      expect(await beginnings(test, 'echo', start)).toEqual([0, 0, 10_000]);
    }),
  );

  it(
    'holds nobody else up, and sets no timer when nothing waits',
    withKernel({ kinds }, async (test) => {
      await set(test, 'tksm.origin.acme', { rate: { perSecond: 1 } });
      const start = test.clock.now();
      await test.enqueue({ kind: echo, origin: 'acme' });
      await test.enqueue({ kind: echo, origin: 'acme' });
      await test.run({ kind: echo, origin: 'other' });
      expect(await beginnings(test, 'echo', start)).toEqual([0, 0]);
      await test.advance(10_000);
      const { position } = test.kernel.log.head;
      await test.advance(60_000);
      expect(test.kernel.log.head.position).toBe(position);
      expect(await beginnings(test, 'echo', start)).toEqual([0, 1_000, 0].sort((a, b) => a - b));
    }),
  );
});

describe('the rate of a kind', () => {
  const calls = defineKind({ name: 'calls', rateLimit: { perSecond: 1 }, run: () => null });

  it(
    'is what the kind says, or the setting where there is one',
    withKernel({ kinds: [calls] }, async (test) => {
      const start = test.clock.now();
      for (let n = 0; n < 3; n++) await test.enqueue({ kind: calls });
      await test.advance(1_000);
      await set(test, 'tksm.rate.kind.calls', { perSecond: 10 });
      await test.advance(1_000);
      expect(await beginnings(test, 'calls', start)).toEqual([0, 1_000, 2_000]);
      for (let n = 0; n < 3; n++) await test.enqueue({ kind: calls });
      await test.advance(1_000);
      expect((await beginnings(test, 'calls', start)).slice(3)).toEqual([2_100, 2_200, 2_300]);
    }),
  );

  it(
    'lets every job begin, whatever fractions of a millisecond come of it',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, 'tksm.rate.kind.echo', { perSecond: 60, burst: 2 });
      for (let n = 0; n < 2; n++) await test.enqueue({ kind: echo });
      await test.advance(1_000);
      expect((await beginnings(test, 'echo', start)).length).toBe(2);
    }),
  );

  it(
    'lets those begin that wait when it becomes a smaller one',
    withKernel({ kinds: [echo] }, async (test) => {
      const start = test.clock.now();
      await set(test, 'tksm.rate.kind.echo', { perSecond: 1, burst: 3 });
      for (let n = 0; n < 3; n++) await test.enqueue({ kind: echo });
      const { job } = await test.enqueue({ kind: echo });
      await set(test, 'tksm.rate.kind.echo', { perSecond: 1 });
      expect(await test.kernel.read(({ jobs }) => jobs.heldBackBy(job))).toEqual([
        'kind/echo may begin 1 jobs a second, 1 at once',
      ]);
      await test.advance(10_000);
      expect(await beginnings(test, 'echo', start)).toEqual([0, 0, 0, 3_000]);
    }),
  );

  it(
    'holds beside that of an origin: both must have room',
    withKernel({ kinds: [calls] }, async (test) => {
      await set(test, 'tksm.origin.a', { rate: { perSecond: 0.5 } });
      const start = test.clock.now();
      for (let n = 0; n < 2; n++) await test.enqueue({ kind: calls, origin: 'a' });
      await test.enqueue({ kind: calls, origin: 'b' });
      await test.advance(10_000);
      expect(await beginnings(test, 'calls', start)).toEqual([0, 1_000, 2_000]);
    }),
  );

  it('is refused when it is none', async () => {
    const bad = defineKind({ name: 'bad', rateLimit: { perSecond: 0 }, run: () => null });
    await expect(testKernel({ kinds: [bad] })).rejects.toMatchObject({ code: 'InvalidSpec' });
    await withKernel({ kinds: [calls] }, async (test) => {
      for (const rate of [{ perSecond: -1 }, { perSecond: 1, burst: 0.5 }, { burst: 1 }, {}]) {
        expect(await codeOf(set(test, 'tksm.rate.kind.calls', rate))).toBe('InvalidInput');
        expect(await codeOf(set(test, 'tksm.origin.a', { rate }))).toBe('InvalidInput');
      }
    })();
  });
});
