import { nap } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const CONCURRENCY = 'tksm.scheduler.concurrency';
const running = async (test: Awaited<ReturnType<typeof testKernel>>): Promise<number> =>
  (await test.kernel.read(({ jobs }) => jobs.counts())).running;

it('follows a setting while it runs, and what it was opened with when the setting is taken away', async () => {
  const test = await testKernel({ kinds: [nap], concurrency: 3 });
  const before = await running(test);
  for (let n = 0; n < 10; n++) await test.enqueue({ kind: nap, input: { ms: 60_000 } });
  expect((await running(test)) - before).toBe(3);
  await test.perform({ kind: 'var.set', input: { name: CONCURRENCY, value: 5 } });
  expect((await running(test)) - before).toBe(5);
  await test.perform({ kind: 'var.delete', input: { name: CONCURRENCY } });
  expect((await running(test)) - before).toBe(5);
  await test.close();
});

it('keeps a setting over a restart', async () => {
  const test = await testKernel({ kinds: [nap], concurrency: 3 });
  const before = await running(test);
  await test.perform({ kind: 'var.set', input: { name: CONCURRENCY, value: 1 } });
  await test.restart();
  for (let n = 0; n < 4; n++) await test.enqueue({ kind: nap, input: { ms: 60_000 } });
  expect((await running(test)) - before).toBe(1);
  await test.close();
});

it('refuses what is no setting, and a value that is none', async () => {
  const test = await testKernel();
  const set = (name: string, value: number | string) =>
    test.perform({ kind: 'var.set', input: { name, value } });
  await expect(set('tksm.scheduler.nonsense', 1)).rejects.toMatchObject({ code: 'InvalidInput' });
  await expect(set(CONCURRENCY, 0)).rejects.toMatchObject({
    code: 'InvalidInput',
    data: { name: CONCURRENCY },
  });
  await expect(set(CONCURRENCY, 'many')).rejects.toMatchObject({
    code: 'InvalidInput',
    next: expect.stringContaining('--parse'),
  });
  await expect(set('tksm.scheduler.policy', 'fairr')).rejects.toMatchObject({
    code: 'InvalidInput',
    next: expect.not.stringContaining('--parse'),
  });
  await test.close();
});
