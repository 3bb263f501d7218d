import type { JobId } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { echo, flaky, stuck } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const statusOf = (test: TestKernel, job: JobId) => test.kernel.read(({ jobs }) => jobs.get(job)?.status);
const whyNot = (test: TestKernel, job: JobId) => test.kernel.read(({ jobs }) => jobs.heldBackBy(job));
const leases = async (test: TestKernel): Promise<JobId[]> =>
  (await test.events()).flatMap(({ event }) => (event.type === 'job.leased' ? event.job : []));

it('runs the jobs of an agent one at a time in order, with retries, beside those of others', async () => {
  const test = await testKernel({ kinds: [echo, flaky] });
  const first = await test.enqueue({ kind: flaky, input: { times: 1 }, agent: 'ada', priority: 0 });
  const second = await test.enqueue({ kind: echo, input: 2, agent: 'ada', priority: 9 });
  const other = await test.enqueue({ kind: echo, input: 3, agent: 'bob' });
  await test.runUntilIdle();
  expect(await statusOf(test, first.job)).toBe('delayed');
  expect(await whyNot(test, second.job)).toEqual([`job ${first.job} of agent ada comes first`]);
  expect(await statusOf(test, other.job)).toBe('succeeded');
  await test.restart();
  expect(await statusOf(test, second.job)).toBe('queued');
  await test.advance(60_000);
  const wanted = [first.job, second.job, other.job];
  const order = (await leases(test)).filter((job) => wanted.includes(job));
  expect(order).toEqual([first.job, other.job, first.job, second.job]);
  await test.close();
});

it('gives the lane up while a job of it waits', async () => {
  const sleeper = defineKind({ name: 'sleeper', run: (_input, context) => context.sleep(3_600_000) });
  const test = await testKernel({ kinds: [echo, sleeper] });
  const first = await test.enqueue({ kind: sleeper, agent: 'ada' });
  const second = await test.enqueue({ kind: echo, input: 2, agent: 'ada' });
  await test.runUntilIdle();
  expect([await statusOf(test, first.job), await statusOf(test, second.job)]).toEqual([
    'waiting',
    'succeeded',
  ]);
  await test.close();
});

it('keeps the lane of a job whose process ended, over the restart', async () => {
  const test = await testKernel({ kinds: [echo, stuck] });
  const first = await test.enqueue({ kind: stuck, agent: 'ada' });
  const second = await test.enqueue({ kind: echo, input: 2, agent: 'ada' });
  await test.restart();
  await test.runUntilIdle();
  expect([await statusOf(test, first.job), await statusOf(test, second.job)]).toEqual(['running', 'queued']);
  await test.perform({ kind: 'job.cancel', input: { job: first.job } });
  await test.advance(60_000);
  expect(await statusOf(test, second.job)).toBe('succeeded');
  await test.close();
});

it('runs the jobs of an agent in the order in which they became ready, over a restart before any of them began', async () => {
  const test = await testKernel({ kinds: [echo, stuck], concurrency: 1 });
  const blocker = await test.enqueue({ kind: stuck });
  const late = await test.enqueue({
    kind: echo,
    input: 1,
    agent: 'ada',
    notBefore: test.clock.now() + 5_000,
  });
  const early = await test.enqueue({ kind: echo, input: 2, agent: 'ada' });
  await test.advance(10_000);
  await test.enqueue({ kind: stuck });
  await test.restart();
  await test.perform({ kind: 'job.cancel', input: { job: blocker.job } });
  await test.advance(60_000);
  const inLane = [early.job, late.job];
  expect((await leases(test)).filter((job) => inLane.includes(job))).toEqual(inLane);
  await test.close();
});

it('lets a job wait whose required label no worker has, says so, and runs it where the label is', async () => {
  const test = await testKernel({ kinds: [echo], labels: ['linux'] });
  const needy = await test.enqueue({ kind: echo, input: 1, affinity: { require: ['linux', 'gpu'] } });
  const liking = await test.enqueue({
    kind: echo,
    input: 2,
    affinity: { require: ['linux'], prefer: ['gpu'] },
  });
  await test.runUntilIdle();
  expect([await statusOf(test, needy.job), await statusOf(test, liking.job)]).toEqual([
    'queued',
    'succeeded',
  ]);
  expect(await whyNot(test, needy.job)).toEqual(['it needs a worker with the labels linux, gpu']);
  await test.restart({ labels: ['gpu', 'linux'] });
  await test.runUntilIdle();
  expect(await statusOf(test, needy.job)).toBe('succeeded');
  await test.close();
});

it('gives the lane to a dependency that is put back, so that neither waits for the other', async () => {
  let isBroken = true;
  const needed = defineKind({
    name: 'needed',
    retry: { maxAttempts: 1 },
    run: () => {
      if (isBroken) throw new Error('no');
      return undefined;
    },
  });
  for (const kind of [stuck, flaky]) {
    isBroken = true;
    const test = await testKernel({ kinds: [needed, stuck, flaky] });
    const first = await test.enqueue({ kind: needed, agent: 'ada' });
    const options = { dependsOn: [first.job], onDependencyFailure: 'run', agent: 'ada' } as const;
    const second = await test.enqueue({ ...options, kind: kind.name, input: { times: 1 } });
    await test.runUntilIdle();
    isBroken = false;
    await test.perform({ kind: 'job.retry', input: { job: first.job } });
    if (kind === stuck) await test.restart();
    await test.runUntilIdle();
    expect(await statusOf(test, first.job)).toBe('succeeded');
    await test.advance(30_000);
    expect(await statusOf(test, second.job)).toBe(kind === stuck ? 'running' : 'succeeded');
    await test.close();
  }
});
