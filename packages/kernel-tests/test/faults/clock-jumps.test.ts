import { echo, nap, polite } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { testKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;

const statusOf = async (test: TestKernel, id: Parameters<TestKernel['job']>[0]) =>
  (await test.job(id)).status;
const clockOf = ({ kernel }: TestKernel) => kernel.health().checks.find(({ name }) => name === 'clock');

/** A delayed job, a running one with a timeout, and one with a deadline: all could fall to a jump. */
async function waiting(test: TestKernel) {
  const now = test.clock.now();
  const delayed = await test.enqueue({ kind: echo, input: 1, notBefore: now + 30 * MINUTE_MS });
  const running = await test.enqueue({ kind: polite, timeoutMs: 30 * MINUTE_MS });
  const late = await test.enqueue({ kind: echo, input: 1, deadline: now + 30 * MINUTE_MS });
  await test.runUntilIdle();
  return { delayed: delayed.job, running: running.job, late: late.job };
}

it('lets nothing fall due by a jump of an hour that is taken back within a minute', async () => {
  const test = await testKernel({ kinds: [echo, polite], concurrency: 1 });
  const jobs = await waiting(test);
  const before = test.clock.now();
  test.clock.jumpBy(HOUR_MS);
  await test.perform({ kind: 'var.set', input: { name: 'a', value: 1 } });
  await test.advance(50_000);
  expect(clockOf(test)?.status).toBe('degraded');
  test.clock.jumpBy(-HOUR_MS);
  await test.perform({ kind: 'var.set', input: { name: 'a', value: 2 } });
  expect(clockOf(test)?.status).toBe('ok');
  expect(await statusOf(test, jobs.delayed)).toBe('delayed');
  expect(await statusOf(test, jobs.running)).toBe('running');
  expect(await statusOf(test, jobs.late)).toBe('queued');
  for (const { time } of await test.events()) expect(time).toBeLessThanOrEqual(before + 50_000);
  await test.close();
});

it('believes a jump that lasts, and does what is due by it without being asked', async () => {
  const test = await testKernel({ kinds: [echo, polite] });
  const { delayed } = await waiting(test);
  test.clock.jumpBy(HOUR_MS);
  await test.perform({ kind: 'var.set', input: { name: 'a', value: 1 } });
  await test.advance(59_000);
  expect(await statusOf(test, delayed)).toBe('delayed');
  await test.advance(2_000);
  expect(await statusOf(test, delayed)).toBe('succeeded');
  await test.close();
});

it('goes on by elapsed time when the clock is set back an hour', async () => {
  const test = await testKernel({ kinds: [nap] });
  const { job } = await test.enqueue({
    kind: nap,
    input: { ms: 1 },
    notBefore: test.clock.now() + MINUTE_MS,
  });
  test.clock.jumpBy(-HOUR_MS);
  expect(clockOf(test)?.status).toBe('degraded');
  await test.advance(MINUTE_MS + 10);
  expect(await statusOf(test, job)).toBe('succeeded');
  await test.close();
});

it('lets nothing fall due at a start with a clock a year ahead, until it has stayed there', async () => {
  const test = await testKernel({ kinds: [echo, polite], concurrency: 1 });
  const jobs = await waiting(test);
  const before = test.clock.now();
  test.clock.jumpBy(YEAR_MS);
  await test.restart();
  await test.runUntilIdle();
  expect(clockOf(test)).toMatchObject({
    status: 'degraded',
    detail: expect.stringContaining('ahead') as string,
  });
  expect(await statusOf(test, jobs.delayed)).toBe('delayed');
  expect(await statusOf(test, jobs.running)).toBe('running');
  expect(await statusOf(test, jobs.late)).toBe('queued');
  test.clock.jumpBy(-YEAR_MS);
  await test.advance(10_000);
  expect(clockOf(test)?.status).toBe('ok');
  expect(await statusOf(test, jobs.delayed)).toBe('delayed');
  for (const { time } of await test.events()) expect(time).toBeLessThan(before + MINUTE_MS);
  await test.close();
});

it('believes a year that has passed a few seconds after the start', async () => {
  const test = await testKernel({ kinds: [echo, polite], concurrency: 1 });
  const { delayed, running } = await waiting(test);
  test.clock.jumpBy(YEAR_MS);
  await test.restart({ concurrency: 10 });
  expect(await statusOf(test, running)).toBe('running');
  await test.advance(6_000);
  expect(await statusOf(test, delayed)).toBe('succeeded');
  await test.close();
});

it('lets schedules go on, and doubles no tick, when a clock that was set back a little is there again', async () => {
  const test = await testKernel({ kinds: [echo] });
  await test.perform({ kind: 'schedule.set', input: { name: 's', job: { kind: 'echo' }, everyMs: 1_000 } });
  await test.advance(10_000);
  test.clock.jumpBy(-2 * MINUTE_MS);
  const runs = () => test.kernel.read(({ schedules }) => schedules.get('s')?.runs);
  await test.advance(2 * MINUTE_MS);
  expect(await runs()).toBe(10);
  await test.advance(10_000);
  expect(await runs()).toBe(20);
  await test.perform({ kind: 'schedule.remove', input: { name: 's' } });
  await test.close();
});
