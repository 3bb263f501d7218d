import { isKernelError, isSystemKind } from '@tksm/abstractions';
import type { JobView } from '@tksm/abstractions';
import { Life, lifeKinds, lives, TINY_RETENTION } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const LIMITS = { queued: 6, children: 3 };
const QUOTA = { queued: 3, children: 2 };

const isOutside = ({ spec }: JobView): boolean => spec.parent === undefined;

/** What is open now, and whether a job of an origin was taken in the same moment. */
async function tryOne(
  test: TestKernel,
  origin: string,
): Promise<{ open: readonly JobView[]; taken: boolean }> {
  let taken = Promise.resolve(false);
  const open = await test.kernel.read(({ jobs }) => {
    const found = [...jobs.list()].filter(
      (job) =>
        job.outcome === undefined && !isSystemKind(job.spec.kind) && job.spec.supervision === undefined,
    );
    taken = test.enqueue({ kind: 'echo', origin }).then(
      () => true,
      (error: unknown) => {
        if (isKernelError(error, 'QueueFull')) return false;
        throw error;
      },
    );
    return found;
  });
  return { open, taken: await taken };
}

it('never has more open than the bounds say, and refuses exactly what would go over one, in any life', async () => {
  await fc.assert(
    fc.asyncProperty(lives([], 20), fc.infiniteStream(fc.constantFrom('a', 'b')), async (acts, origins) => {
      const test = await testKernel({ kinds: lifeKinds, concurrency: 3, retention: TINY_RETENTION });
      const life = new Life(test);
      await test.perform({ kind: 'var.set', input: { name: 'tksm.scheduler.limits', value: LIMITS } });
      await test.perform({ kind: 'var.set', input: { name: 'tksm.origin.a', value: QUOTA } });
      for (const act of acts) {
        const origin = origins.next().value as string;
        await life.do(act.act === 'enqueue' ? { ...act, command: { ...act.command, origin } } : act);
        const { open, taken } = await tryOne(test, origin);
        const outside = open.filter(isOutside);
        const ofA = outside.filter(({ spec }) => spec.origin === 'a');
        expect(outside.length).toBeLessThanOrEqual(LIMITS.queued);
        expect(open.length - outside.length).toBeLessThanOrEqual(LIMITS.children);
        expect(ofA.length).toBeLessThanOrEqual(QUOTA.queued);
        const hasRoom = outside.length < LIMITS.queued && (origin !== 'a' || ofA.length < QUOTA.queued);
        expect(taken).toBe(hasRoom);
      }
      await test.close();
    }),
    { numRuns: 60 },
  );
});
