import { setSchedule } from '@tksm/core';
import { echo, ticksOf } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function hourly(): Promise<TestKernel> {
  const test = await testKernel({ kinds: [echo] });
  await test.perform(setSchedule({ name: 's', job: { kind: echo }, cron: '0 * * * *', misfire: 'all' }));
  return test;
}

it('does not tick by a jump ahead that is taken back within a minute', async () => {
  const test = await hourly();
  const start = test.clock.now();
  test.clock.jumpBy(5 * HOUR);
  await test.perform({ kind: 'var.set', input: { name: 'a', value: 1 } });
  await test.advance(50_000);
  test.clock.jumpBy(-5 * HOUR);
  await test.advance(HOUR);
  expect((await ticksOf(test, 's')).map(({ at }) => at - start)).toEqual([HOUR]);
  await test.close();
});

it('takes a jump ahead that lasts for a downtime', async () => {
  const test = await hourly();
  const start = test.clock.now();
  test.clock.jumpBy(2.5 * HOUR);
  await test.perform({ kind: 'var.set', input: { name: 'a', value: 1 } });
  await test.advance(59_000);
  expect(await ticksOf(test, 's')).toEqual([]);
  await test.advance(2_000);
  expect((await ticksOf(test, 's')).map(({ at, missed }) => [at - start, missed])).toEqual([
    [HOUR, 1],
    [2 * HOUR, 1],
  ]);
  await test.close();
});

it.each([
  ['a little', -2 * MINUTE],
  ['an hour', -HOUR],
  ['a day', -24 * HOUR],
])('ticks at no instant twice when the clock goes back %s, also over a restart', async (_, jump) => {
  const test = await hourly();
  const start = test.clock.now();
  await test.advance(2 * HOUR);
  test.clock.jumpBy(jump);
  await test.advance(HOUR / 2);
  await test.restart();
  await test.advance(2 * HOUR);
  const ticks = (await ticksOf(test, 's')).map(({ at }) => (at - start) / HOUR);
  expect(ticks.slice(0, 3)).toEqual([1, 2, 3]);
  expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
  await test.close();
});
