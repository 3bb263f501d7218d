import { nap } from '@tksm/kernel-tests';
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
