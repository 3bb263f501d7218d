import type { IndexRow, JobId, JobOutcome, JobSpec, RecordedEvent } from '@tksm/abstractions';
import { MemoryJobIndex } from '@tksm/drivers-memory';
import { codeOf, Life, lifeKinds as kinds, lives, TINY_RETENTION, withKernel } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const concurrency = 3;
const retention = TINY_RETENTION;

describe('retention', () => {
  it('loses nothing, answers as at first, and feeds the index as the log would', async () => {
    await fc.assert(
      fc.asyncProperty(lives(['unknown-written', 'unknown-lost'], 40), fc.integer(), async (acts, seed) => {
        const jobIndex = new MemoryJobIndex();
        const test = await testKernel({ kinds, concurrency, retention, seed, jobIndex });
        const life = new Life(test);
        for (const act of acts) await life.do(act);
        await life.settle();
        const { acknowledged } = life;
        const views = await test.kernel.read((state) => acknowledged.map((id) => state.jobs.get(id)));
        expect(views.map((view) => view?.id)).toEqual(acknowledged);
        for (const view of views) {
          if (view?.retired === true) expect(await test.outcome(view.id)).toEqual(view.outcome);
        }
        expectNothingNeeded(await test.events());
        await test.close();

        const anew = new MemoryJobIndex();
        const again = await testKernel({ from: await test.history(), kinds, concurrency: 0, jobIndex: anew });
        const open = await again.kernel.read((state) => new Set([...state.jobs.list()].map(({ id }) => id)));
        await again.close();
        for (const { id, body } of anew.latest()) expect(jobIndex.get(id)).toBe(body);
        const more = [...jobIndex.latest()].filter(({ id }: IndexRow) => anew.get(id) === undefined);
        expect(more.filter(({ id }) => !open.has(id))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it(
    'keeps the state small, however much happens',
    withKernel({ kinds, retention: { keep: 10, keepMs: 0 } }, async (test) => {
      for (let n = 0; n < 200; n++) {
        await test.run({ kind: 'echo', input: { n } });
        await test.perform({ kind: 'var.set', input: { name: 'n', value: n }, id: `set-${n}` });
      }
      const { jobs, counts, retired } = await test.kernel.read((state) => ({
        jobs: [...state.jobs.list()].length,
        counts: state.jobs.counts(),
        retired: state.jobs.retired(),
      }));
      expect(jobs).toBeLessThan(20);
      expect(counts.succeeded).toBeGreaterThanOrEqual(200);
      expect(counts.succeeded + counts.running).toBe(retired.succeeded + jobs);
    }),
  );

  it(
    'does not wait for what is young, up to a bound',
    withKernel({ kinds, retention: { keep: 2, keepMs: 60_000, keepAtMost: 30 } }, async (test) => {
      const held = async (): Promise<number> => {
        await test.runUntilIdle();
        return await test.kernel.read((state) => [...state.jobs.list()].length);
      };
      for (let n = 0; n < 10; n++) await test.run({ kind: 'echo', input: { n } });
      expect(await held()).toBeGreaterThanOrEqual(10);
      for (let n = 0; n < 40; n++) await test.run({ kind: 'echo', input: { n } });
      expect(await held()).toBeLessThanOrEqual(36);
      await test.advance(120_000);
      for (let n = 0; n < 3; n++) await test.run({ kind: 'echo', input: { n } });
      expect(await held()).toBeLessThanOrEqual(10);
    }),
  );
});

describe('a retired job', () => {
  const retired = async (test: Awaited<ReturnType<typeof testKernel>>, kind: string): Promise<JobId> => {
    const { job } = await test.enqueue({
      kind,
      input: { of: kind },
      retry: { maxAttempts: 1 },
      id: `the-${kind}`,
    });
    await test.outcome(job);
    for (let n = 0; n < 5; n++) await test.run({ kind: 'echo', input: { n } });
    expect(await test.job(job)).toMatchObject({ id: job, retired: true });
    return job;
  };

  it(
    'lets its dependents run, and gives them its output',
    withKernel({ kinds, retention }, async (test) => {
      const first = await retired(test, 'echo');
      const input = { $output: { job: first } };
      expect(await test.run({ kind: 'echo', input, dependsOn: [first] })).toEqual({
        status: 'succeeded',
        output: { of: 'echo' },
      });
    }),
  );

  it(
    'that failed is recalled by what depends on it, and cancels it',
    withKernel({ kinds, retention }, async (test) => {
      const first = await retired(test, 'broken');
      expect(await test.run({ kind: 'echo', dependsOn: [first] })).toMatchObject({
        status: 'cancelled',
        error: { code: 'DependencyFailed' },
      });
    }),
  );

  it(
    'is put back by a retry, and runs again',
    withKernel({ kinds, retention }, async (test) => {
      const first = await retired(test, 'broken');
      await test.perform({ kind: 'job.retry', input: { job: first } });
      expect(await test.outcome(first)).toMatchObject({ status: 'failed' });
      const types = (await test.events()).flatMap(({ event }) =>
        'job' in event && event.job === first ? [event.type] : [],
      );
      expect(types).toContain('job.recalled');
      expect(types.filter((type) => type === 'job.leased')).toHaveLength(2);
      const over = await retired(test, 'echo');
      expect(await codeOf(test.perform({ kind: 'job.retry', input: { job: over } }))).toBe(
        'InvalidOperation',
      );
      expect(await codeOf(test.perform({ kind: 'job.cancel', input: { job: over } }))).toBe(
        'InvalidOperation',
      );
    }),
  );

  it(
    'is still the answer to its command, in a later process, too',
    withKernel({ kinds, retention }, async (test) => {
      const job = await retired(test, 'echo');
      const { position } = await test.job(job);
      for (const _ of [1, 2]) {
        expect(await test.enqueue({ kind: 'echo', input: { of: 'echo' }, id: 'the-echo' })).toEqual({
          ...{ class: 'task', job, existing: true, position },
        });
        const other = test.enqueue({ kind: 'echo', input: 'another', id: 'the-echo' });
        expect(await codeOf(other)).toBe('CommandMismatch');
        await test.restart();
      }
    }),
  );
});

describe('a command id', () => {
  const windowed = { ...retention, windowMs: 60_000, windowIds: 20 };

  it(
    'past the window in time is refused, and never run again',
    withKernel({ kinds, retention: windowed }, async (test) => {
      const set = { kind: 'var.set', input: { name: 'x', value: 1 }, id: 'set' };
      const first = await test.perform(set);
      const batch = [{ kind: 'echo' }, { kind: 'echo' }];
      const { kernel } = test;
      const receipts = await kernel.enqueueAll(batch, kernel.operator, { id: 'batch' });
      for (let n = 0; n < 5; n++) {
        await test.run({ kind: 'echo', input: { n } });
        await test.perform({ kind: 'var.set', input: { name: 'y', value: n }, id: `set-${n}` });
      }
      expect(await test.perform(set)).toEqual(first);
      expect(await kernel.enqueueAll(batch, kernel.operator, { id: 'batch' })).toEqual(
        receipts.map((receipt) => ({ ...receipt, existing: true })),
      );
      await test.advance(120_000);
      await test.restart();
      expect(await codeOf(test.perform(set))).toBe('CommandTooOld');
      const late = test.kernel.enqueueAll(batch, test.kernel.operator, { id: 'batch' });
      expect(await codeOf(late)).toBe('CommandTooOld');
      expect(await test.kernel.read((state) => state.vars.get('x')?.version)).toBe(1);
    }),
  );

  it(
    'past the window in number is refused',
    withKernel({ kinds, retention: windowed }, async (test) => {
      const command = (n: number): Parameters<typeof test.enqueue>[0] => ({
        kind: 'echo',
        input: { n },
        id: `echo-${n}`,
      });
      for (let n = 0; n < 40; n++) await test.run(command(n));
      expect(await codeOf(test.enqueue(command(0)))).toBe('CommandTooOld');
      expect(await test.enqueue(command(35))).toMatchObject({ existing: true });
    }),
  );
});

/** What ended badly stays as long as something open depends on it, or waits for it as a parent. */
function expectNothingNeeded(events: readonly RecordedEvent[]): void {
  const specs = new Map<JobId, JobSpec>();
  const ended = new Map<JobId, JobOutcome['status']>();
  for (const { event } of events) {
    if (event.type === 'job.submitted') specs.set(event.job, event.spec);
    else if (event.type === 'job.released') ended.delete(event.job);
    else if (event.type === 'job.succeeded') ended.set(event.job, 'succeeded');
    else if (event.type === 'job.failed') ended.set(event.job, 'failed');
    else if (event.type === 'job.cancelled') ended.set(event.job, 'cancelled');
    else if (event.type === 'records.retired') {
      const bad = new Set(event.jobs.filter((id) => ended.get(id) !== 'succeeded'));
      expect([...bad].filter((id) => !ended.has(id))).toEqual([]);
      for (const [id, { dependsOn = [] }] of specs) {
        if (!ended.has(id)) expect(dependsOn.filter((dependency) => bad.has(dependency))).toEqual([]);
      }
      for (const id of bad) {
        const parent = specs.get(id)?.parent;
        expect(parent === undefined || ended.has(parent)).toBe(true);
      }
    }
  }
}
