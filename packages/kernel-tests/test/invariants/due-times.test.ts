import { echo, nap, waiter } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

it('records a lease no earlier than its job was due, also behind a slow flush', async () => {
  const test = await testKernel({ kinds: [nap] });
  const notBefore = test.clock.now() + 1_000;
  const { job } = await test.enqueue({ kind: nap, input: { ms: 1 }, notBefore });
  const release = test.log.hold();
  const set = (value: number) => test.perform({ kind: 'var.set', input: { name: 'a', value } });
  const first = set(1);
  await test.runUntilIdle();
  const second = set(2);
  await test.advance(1_000);
  release();
  await Promise.all([first, second]);
  await test.outcome(job);
  const lease = (await test.events()).find(({ event }) => event.type === 'job.leased' && event.job === job);
  expect(lease?.time).toBeGreaterThanOrEqual(notBefore);
  await test.close();
});

it('records a lease no earlier than its job was due, also when the clock is set back', async () => {
  const test = await testKernel({ kinds: [nap], concurrency: 1 });
  const notBefore = test.clock.now() + 1_000;
  await test.enqueue({ kind: nap, input: { ms: 5_000 } });
  const { job } = await test.enqueue({ kind: nap, input: { ms: 1 }, notBefore });
  await test.advance(2_000);
  test.clock.jumpBy(-60_000);
  await test.outcome(job);
  const lease = (await test.events()).find(({ event }) => event.type === 'job.leased' && event.job === job);
  expect(lease?.time).toBeGreaterThanOrEqual(notBefore);
  await test.close();
});

it('forgets nobody who is due when it drops, among many, what is not to come any more', async () => {
  const test = await testKernel({ kinds: [echo, waiter] });
  const { kernel } = test;
  const put = { kind: echo, input: 1, debounce: { key: 'k', ms: 10_000 } };
  const debounced = await test.enqueue(put);
  await test.advance(1_000);
  await test.enqueue(put);
  const asleep = await test.enqueue({ kind: waiter, input: { ms: 15_000, topic: 't' } });
  const woken = await test.enqueue({ kind: waiter, input: { ms: 0, topic: 't' } });
  const far = test.clock.now() + 86_400_000;
  const many = Array.from({ length: 1_500 }, () => ({ kind: echo, input: 0, notBefore: far }));
  await kernel.enqueueAll(many, kernel.operator);
  await test.perform({ kind: 'inbox.send', input: { job: woken.job, body: 1, topic: 't' } });
  for (let n = 0; n < 3; n++) await test.run({ kind: echo, input: n });
  await test.advance(30_000);
  for (const { job } of [debounced, asleep, woken]) expect((await test.job(job)).status).toBe('succeeded');
  await test.close();
});
