import type { JobId, PolicyFactory, ReadyJob } from '@tksm/abstractions';
import { echo, nap } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const POLICY = 'tksm.scheduler.policy';
const set = (test: TestKernel, name: string, value: unknown) =>
  test.perform({ kind: 'var.set', input: { name, value } });

/** Leased jobs of a kind by the input that was given to them, in order. */
async function begun(test: TestKernel, kind: string): Promise<unknown[]> {
  const inputs = new Map<JobId, unknown>();
  const order: unknown[] = [];
  for (const { event } of await test.events()) {
    if (event.type === 'job.submitted' && event.spec.kind === kind) inputs.set(event.job, event.spec.input);
    if (event.type === 'job.leased' && inputs.has(event.job)) order.push(inputs.get(event.job));
  }
  return order;
}

/** The youngest first. */
const stack: PolicyFactory = {
  name: 'test.stack',
  create() {
    const jobs: ReadyJob[] = [];
    return {
      name: 'test.stack',
      get size() {
        return jobs.length;
      },
      add: (job) => void jobs.push(job),
      remove(job) {
        const at = jobs.indexOf(job);
        if (at >= 0) jobs.splice(at, 1);
        return at >= 0;
      },
      next: () => jobs.pop(),
    };
  },
};

it('chooses by the policy that the setting names, and by another from one moment to the next', async () => {
  const test = await testKernel({ kinds: [echo, nap], concurrency: 1, policies: [stack] });
  await test.enqueue({ kind: nap, input: { ms: 10 } });
  for (const [input, priority] of [1, 2, 9].entries()) await test.enqueue({ kind: echo, input, priority });
  await set(test, POLICY, 'fifo');
  await test.enqueue({ kind: echo, input: 3, priority: 9 });
  await set(test, POLICY, 'test.stack');
  await test.advance(10_000);
  expect(await begun(test, 'echo')).toEqual([3, 2, 1, 0]);
  await test.close();
});

it('goes on by the same policy after a restart, in the order of submission', async () => {
  const test = await testKernel({ kinds: [echo, nap], concurrency: 1 });
  await set(test, POLICY, 'fifo');
  await test.enqueue({ kind: nap, input: { ms: 10 } });
  for (const [input, priority] of [1, 2, 9].entries()) await test.enqueue({ kind: echo, input, priority });
  await test.restart();
  await test.advance(10_000);
  expect(await begun(test, 'echo')).toEqual([0, 1, 2]);
  await test.close();
});

it('gives origins their turns by weight, whatever the others have queued, and over restarts', async () => {
  const test = await testKernel({ kinds: [nap], concurrency: 1 });
  await set(test, 'tksm.origin.paying', { weight: 2 });
  const enqueue = async (origin: string, jobs: number): Promise<void> => {
    for (let n = 0; n < jobs; n++) await test.enqueue({ kind: nap, input: { ms: 1_000 }, origin });
  };
  await enqueue('noisy', 60);
  await enqueue('quiet', 8);
  await enqueue('paying', 16);
  for (let n = 0; n < 8; n++) {
    await test.advance(5_500);
    await test.restart();
  }
  await test.advance(100_000);
  const origins = new Map<JobId, string>();
  const ends: string[] = [];
  for (const { event } of await test.events()) {
    if (event.type === 'job.submitted' && event.spec.kind === 'nap')
      origins.set(event.job, event.spec.origin ?? '');
    if (event.type === 'job.succeeded') ends.push(origins.get(event.job) ?? '');
  }
  const taken = ends.filter((origin) => origin !== '');
  expect(taken).toHaveLength(84);
  // A round is four jobs, two of them paying; each restart may cost a round.
  expect(taken.lastIndexOf('quiet')).toBeLessThan(8 * 4 + 8);
  expect(taken.lastIndexOf('paying')).toBeLessThan(8 * 4 + 8);
  await test.close();
});

it('says in its health that a policy is not there, and goes on by the default one', async () => {
  const test = await testKernel({ kinds: [echo] });
  await set(test, POLICY, 'acme.lost');
  const { job } = await test.enqueue({ kind: echo, input: 1 });
  expect(await test.kernel.outcome(job)).toMatchObject({ status: 'succeeded' });
  const scheduler = () => test.kernel.health().checks.find(({ name }) => name === 'scheduler');
  expect(scheduler()).toMatchObject({
    status: 'degraded',
    detail: expect.stringContaining('acme.lost') as string,
  });
  await set(test, POLICY, 'fair');
  expect(scheduler()?.status).toBe('ok');
  await test.close();
});

it('refuses a policy that there cannot be', async () => {
  const test = await testKernel();
  await expect(set(test, POLICY, 'fari')).rejects.toMatchObject({ code: 'InvalidInput' });
  await test.close();
  const policies = [{ ...stack, name: 'fifo' }];
  await expect(testKernel({ policies })).rejects.toMatchObject({ code: 'InvalidSpec' });
});

it('gives no pool more slots than it has, nor all of them more than the kernel has', async () => {
  const test = await testKernel({ kinds: [nap], concurrency: 5 });
  await set(test, 'tksm.pool.mail', { concurrency: 2 });
  await set(test, 'tksm.pool.gpu', { concurrency: 3, own: true });
  for (let n = 0; n < 10; n++) {
    await test.enqueue({ kind: nap, input: { ms: 1_000 }, pool: 'mail' });
    await test.enqueue({ kind: nap, input: { ms: 1_000 }, claims: ['gpu:any'] });
    await test.enqueue({ kind: nap, input: { ms: 1_000 }, pool: 'undeclared' });
  }
  const running = async (): Promise<string[]> =>
    await test.kernel.read(({ jobs }) =>
      [...jobs.list({ status: 'running', kind: 'nap' })]
        .map(({ spec }) => spec.pool ?? spec.claims?.[0] ?? '')
        .sort(),
    );
  const full = ['gpu:any', 'gpu:any', 'gpu:any', 'mail', 'mail', 'undeclared', 'undeclared', 'undeclared'];
  expect(await running()).toEqual(full);
  await test.restart();
  expect(await running()).toEqual(full);
  await set(test, 'tksm.pool.mail', { concurrency: 4 });
  await test.advance(10_000);
  expect(await test.kernel.read(({ jobs }) => jobs.counts().queued)).toBe(0);
  await test.close();
});
