import type { JobView, RecordedEvent } from '@tksm/abstractions';
import { testKernel } from '@tksm/testing';
import { Life, lifeKinds, lives, userJobs } from '@tksm/kernel-tests';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const DAYS = 86_400_000;
const concurrency = 2;
const system = /^(boot|kernel)\./;

/** The most jobs of users that held a lease at one time, and those that still do. */
function leases(events: readonly RecordedEvent[]): {
  readonly most: number;
  readonly left: ReadonlySet<string>;
} {
  const users = new Set<string>();
  const left = new Set<string>();
  let most = 0;
  for (const { event } of events) {
    if (!('job' in event) || event.job === undefined) continue;
    if (event.type === 'job.submitted' && !system.test(event.spec.kind)) users.add(event.job);
    if (event.type === 'job.leased' && users.has(event.job)) most = Math.max(most, left.add(event.job).size);
    if (
      /^job\.(succeeded|failed|cancelled|attempt-failed|interrupted|suspended|returned|held)$/.test(
        event.type,
      )
    )
      left.delete(event.job);
  }
  return { most, left };
}

/** Open jobs with no reason to be: neither held, nor waiting for one that is open. */
function hanging(jobs: readonly JobView[]): readonly JobView[] {
  const open = jobs.filter(({ outcome }) => outcome === undefined);
  const isOpen = (id: string): boolean => open.some((job) => job.id === id);
  return open.filter(({ id, status, spec }) => {
    if (status === 'held') return false;
    if (status === 'blocked') return !(spec.dependsOn ?? []).some(isOpen);
    if (status === 'waiting') return !open.some((child) => child.spec.parent === id);
    return true;
  });
}

describe('slots', () => {
  it('are never exceeded and never leak, and no job hangs, through cancels, timeouts, failures and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(lives(['unknown-written', 'unknown-lost'], 30), async (acts) => {
        const test = await testKernel({ kinds: lifeKinds, concurrency });
        const life = new Life(test);
        for (const act of acts) await life.do(act);
        await life.settle();
        await test.advance(5 * DAYS);
        const jobs = await userJobs(test);
        expect(hanging(jobs)).toEqual([]);
        expect(jobs.filter(({ status }) => status === 'running')).toEqual([]);
        const { most, left } = leases(await test.events());
        expect(most).toBeLessThanOrEqual(concurrency);
        expect([...left]).toEqual([]);
        // As many as there are slots still run at once.
        for (let n = 0; n < concurrency; n++) await test.enqueue({ kind: 'polite' });
        await test.runUntilIdle();
        const running = await test.kernel.read((state) => [
          ...state.jobs.list({ kind: 'polite', status: 'running' }),
        ]);
        expect(running).toHaveLength(concurrency);
        await test.close();
      }),
      { numRuns: 60 },
    );
  });

  it('and statuses are the same after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(lives([], 20), async (acts) => {
        const test = await testKernel({ kinds: lifeKinds, concurrency });
        const life = new Life(test);
        for (const act of acts) await life.do(act);
        await test.runUntilIdle();
        const before = await userJobs(test);
        await test.restart();
        await test.runUntilIdle();
        const after = await userJobs(test);
        const settled = (jobs: readonly JobView[]): unknown =>
          jobs.flatMap(({ id, outcome, held }) => ((outcome ?? held) ? [{ id, outcome, held }] : []));
        // What was running may have ended since: a cancelled handler that did not listen, above all.
        const endedSince = new Set(
          before.flatMap(({ id, status }) => (status === 'running' || status === 'queued' ? [id] : [])),
        );
        const kept = after.filter(
          ({ id, status }) => !endedSince.has(id) || before.find((job) => job.id === id)?.status === status,
        );
        expect(settled(kept)).toEqual(expect.arrayContaining(settled(before) as unknown[]));
        await test.close();
      }),
      { numRuns: 30 },
    );
  });
});

describe('the order of leases', () => {
  it('is by priority, then by age, whatever the load', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 40 }), async (priorities) => {
        const test = await testKernel({ kinds: lifeKinds, concurrency: 1 });
        await test.enqueue({ kind: 'nap', input: { ms: 1 }, priority: 9 });
        await Promise.all(
          priorities.map((priority, input) => test.enqueue({ kind: 'echo', input, priority })),
        );
        await test.advance(1);
        const jobs = await test.kernel.read((state) => [...state.jobs.list({ kind: 'echo' })]);
        const order = (await test.events()).flatMap(({ event }) => {
          const job = event.type === 'job.leased' ? jobs.find(({ id }) => id === event.job) : undefined;
          return job === undefined ? [] : [job.spec.input as number];
        });
        const expected = priorities
          .map((priority, n) => ({ priority, n }))
          .sort((a, b) => b.priority - a.priority || a.n - b.n);
        expect(order).toEqual(expected.map(({ n }) => n));
        await test.close();
      }),
      { numRuns: 20 },
    );
  });
});
