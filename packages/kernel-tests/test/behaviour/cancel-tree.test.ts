import type { JobId, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, nap, storyOf, TINY_RETENTION, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { testKernel } from '@tksm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A job to be: what it submits, how it waits for that, and how long it runs afterwards. */
interface Node {
  readonly children: readonly Node[];
  readonly awaits: boolean;
  readonly ms: number;
  readonly delayMs: number;
}

const grow = defineKind<Node, null>({
  name: 'grow',
  timeoutMs: 86_400_000,
  run: async ({ children, ms }, context) => {
    await context.step('children', () => {
      for (const child of children) {
        context.submit({
          ...{ kind: 'grow', input: child, childPolicy: child.awaits ? 'await' : 'detach' },
          notBefore: context.clock.now() + child.delayMs,
        });
      }
      return null;
    });
    await context.sleep(ms);
    return null;
  },
});
const kinds = [grow, nap];
const leaf = { children: [], awaits: false, ms: 50_000, delayMs: 0 };
const tree = (job: JobId) => ({ kind: 'job.cancel', input: { job, tree: true } });

const below = async (test: TestKernel, root: JobId): Promise<readonly JobId[]> =>
  await test.kernel.read(({ jobs }) => {
    const ids = [root];
    for (const id of ids) for (const child of jobs.list({ parent: id })) ids.push(child.id);
    return ids;
  });

const statuses = async (test: TestKernel, ids: readonly JobId[]): Promise<readonly string[]> =>
  await test.kernel.read(({ jobs }) => ids.map((id) => jobs.get(id)?.status ?? 'gone'));

describe('cancelling a tree', () => {
  it(
    'reaches children that nobody waits for, also of a job that has settled',
    withKernel({ kinds, concurrency: 2 }, async (test) => {
      const input = { ...leaf, ms: 0, children: [leaf, { ...leaf, delayMs: 90_000 }] };
      const { job } = await test.enqueue({ kind: grow, input });
      await test.outcome(job);
      await test.runUntilIdle();
      expect(await codeOf(test.perform({ kind: 'job.cancel', input: { job } }))).toBe('InvalidOperation');
      expect((await test.perform(tree(job))).output).toEqual({ job, cancelled: 2, left: 0 });
      await test.runUntilIdle();
      expect(await statuses(test, await below(test, job))).toEqual(['succeeded', 'cancelled', 'cancelled']);
      expect((await test.perform(tree(job))).output).toEqual({ job, cancelled: 0, left: 0 });
    }),
  );

  it(
    'goes on below what has retired',
    withKernel({ kinds, retention: TINY_RETENTION }, async (test) => {
      const input = { ...leaf, ms: 0, children: [{ ...leaf, ms: 0, children: [leaf] }] };
      const { job } = await test.enqueue({ kind: grow, input });
      await test.runUntilIdle();
      for (let n = 0; n < 6; n++) await test.run({ kind: nap, input: { ms: 1 } });
      await test.runUntilIdle();
      expect((await test.job(job)).retired).toBe(true);
      expect((await test.perform(tree(job))).output).toMatchObject({ cancelled: 1 });
    }),
  );

  it('cancels what waits before it tells what runs', async () => {
    const deaf = defineKind({ name: 'deaf', run: () => new Promise<never>(() => undefined) });
    await withKernel({ kinds: [...kinds, deaf], concurrency: 1 }, async (test) => {
      const many = defineKind<Value, null>({
        name: 'many',
        run: (_input, context) => {
          for (let n = 0; n < 3; n++) context.submit({ kind: deaf });
          return null;
        },
      });
      await test.restart({ kinds: [...kinds, deaf, many] });
      const { job } = await test.enqueue({ kind: many });
      await test.outcome(job);
      await test.perform(tree(job));
      const events = await test.events();
      const ends = events.flatMap(({ event }) => (/cancel/.test(event.type) ? [event.type] : []));
      expect(ends.slice(-3)).toEqual(['job.cancelled', 'job.cancelled', 'job.cancelling']);
    })();
  });

  it('lets nothing be submitted any more by what it tells to stop', async () => {
    const stubborn = defineKind({
      name: 'stubborn',
      run: async (_input, context) => {
        await new Promise<void>((resolve) => {
          context.signal.addEventListener('abort', () => {
            resolve();
          });
        });
        context.submit({ kind: nap, input: { ms: 1 } });
        return null;
      },
    });
    await withKernel({ kinds: [...kinds, stubborn] }, async (test) => {
      const { job } = await test.enqueue({ kind: stubborn });
      await test.runUntilIdle();
      await test.perform(tree(job));
      expect((await test.outcome(job)).status).toBe('cancelled');
      await test.expectSubmitted({ kind: 'stubborn' });
      expect(await below(test, job)).toEqual([job]);
      expect(await storyOf(test, job)).toEqual(['submitted', 'leased', 'cancelling', 'cancelled']);
    })();
  });

  it(
    'takes as many as fit into one command, and says how many are left',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const many = defineKind<Value, null>({
        name: 'many',
        run: (_input, context) => {
          for (let n = 0; n < 2_500; n++) context.submit({ kind: nap, input: { ms: 50_000 } });
          return null;
        },
      });
      await test.restart({ kinds: [...kinds, many] });
      const { job } = await test.enqueue({ kind: many });
      await test.outcome(job);
      expect((await test.perform(tree(job))).output).toEqual({ job, cancelled: 2_000, left: 500 });
      expect((await test.perform(tree(job))).output).toEqual({ job, cancelled: 500, left: 0 });
    }),
  );

  it(
    'is refused with a reason that is too long',
    withKernel({ kinds }, async (test) => {
      const { job } = await test.enqueue({ kind: nap, input: { ms: 1 } });
      const input = { job, tree: true, reason: 'x'.repeat(1_001) };
      expect(await codeOf(test.perform({ kind: 'job.cancel', input }))).toBe('InvalidInput');
    }),
  );
});

it('settles every descendant and nobody else, in any forest at any moment', async () => {
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.record({
      children: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        fc.constant([]),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
      awaits: fc.boolean(),
      ms: fc.nat({ max: 3_000 }),
      delayMs: fc.nat({ max: 2_000 }),
    }),
  }));
  await fc.assert(
    fc.asyncProperty(node, node, fc.nat({ max: 6_000 }), fc.nat(), async (one, other, after, pick) => {
      const test = await testKernel({ kinds, concurrency: 3 });
      const { job } = await test.enqueue({ kind: grow, input: one });
      const bystander = await test.enqueue({ kind: grow, input: other });
      await test.advance(after);
      const all = await below(test, job);
      const root = all[pick % all.length] ?? job;
      await test.perform(tree(root));
      await test.runUntilIdle();
      const settled = new Set(['succeeded', 'cancelled']);
      for (const status of await statuses(test, await below(test, root))) expect(settled).toContain(status);
      expect((await test.perform(tree(root))).output).toMatchObject({ cancelled: 0, left: 0 });
      await test.advance(100_000);
      for (const status of await statuses(test, await below(test, bystander.job)))
        expect(status).toBe('succeeded');
      await test.close();
    }),
    { numRuns: 40 },
  );
});
