import { createMemoryLog } from '@tksm/drivers-memory';
import type { AppendFault, MemoryLog } from '@tksm/drivers-memory';
import { replayHistory, testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { Life, lifeKinds, lives, TINY_RETENTION, withKernel } from '@tksm/kernel-tests';
import type { Act } from '@tksm/kernel-tests';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const kinds = lifeKinds;
const concurrency = 3;
const retention = TINY_RETENTION;
/** More than the frames of one boot. */
const BOOT_APPENDS = 20;

async function live(acts: readonly Act[], test: TestKernel): Promise<Life> {
  const life = new Life(test);
  for (const act of acts) {
    await life.do(act);
    // From the first digest on, the digest tree is kept and follows what changes.
    await test.kernel.read((state) => state.digest()).catch(() => undefined);
  }
  return life;
}

describe('the replay of the log', () => {
  it('is the live state after any life, and positions are dense', async () => {
    await fc.assert(
      fc.asyncProperty(lives(), fc.integer(), async (acts, seed) => {
        const test = await testKernel({ kinds, concurrency, retention, seed });
        await live(acts, test);
        await test.verifyReplay();
        const events = await test.events();
        expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index));
        await test.close();
      }),
      { numRuns: 60 },
    );
  });

  it('is the live state after a crash at every append, whether or not its frame was written', async () => {
    for (const acts of fc.sample(lives([], 14), { numRuns: 3, seed: 7 })) {
      const appends = await appendsOf(acts);
      for (const fault of ['unknown-written', 'unknown-lost'] as const) {
        for (const after of ['recover', 'crash'] as const) {
          // The first boot is a test of its own: without it there is no kernel to go on with.
          for (let at = BOOT_APPENDS; at < appends; at++) await liveThrough(acts, at, fault, after);
        }
      }
    }
  });

  it('is the live state when appends fail at random', async () => {
    await fc.assert(
      fc.asyncProperty(lives(['unknown-written', 'unknown-lost'], 25), async (acts) => {
        const test = await testKernel({ kinds, concurrency, retention });
        const life = await live(acts, test);
        const { acknowledged } = life;
        await life.settle();
        const found = await test.kernel.read((state) =>
          acknowledged.filter((id) => state.jobs.get(id) !== undefined),
        );
        expect(found).toEqual(acknowledged);
        await test.close();
      }),
      { numRuns: 60 },
    );
  });

  it('stops at a position like the state did there', async () => {
    await fc.assert(
      fc.asyncProperty(lives([], 15), async (acts) => {
        const test = await testKernel({ kinds, concurrency, retention });
        const digests: [number, string][] = [];
        const life = new Life(test);
        for (const act of acts) {
          await life.do(act);
          await test.runUntilIdle();
          digests.push(await test.kernel.read((state) => [state.position, state.digest()]));
        }
        const { frames, format } = await test.history();
        for (const [position, digest] of digests) {
          let [end, count] = [0, 0];
          while (count < position) count += frames[end++]?.count ?? 0;
          expect((await replayHistory({ format, frames: frames.slice(0, end) })).digest()).toBe(digest);
        }
        await test.close();
      }),
      { numRuns: 20 },
    );
  });

  it(
    'is noticed when it differs',
    withKernel({ kinds }, async (test) => {
      await test.run({ kind: 'echo', input: { n: 1 } });
      const job = await test.expectSubmitted({ kind: 'echo' });
      const input = job.spec.input as { n: number };
      input.n = 2;
      await expect(test.verifyReplay()).rejects.toMatchObject({ code: 'LogDamaged' });
      await test.restart();
    }),
  );
});

async function liveThrough(
  acts: readonly Act[],
  at: number,
  fault: AppendFault,
  after: 'recover' | 'crash',
): Promise<void> {
  const failure = faultyAt(at, fault);
  const test = await testKernel({ kinds, concurrency, retention, log: failure.log });
  const life = new Life(test);
  let crashed = false;
  for (const act of acts) {
    await life.do(act);
    if (after === 'crash' && failure.happened() && !crashed) {
      crashed = true;
      await life.crash();
    }
  }
  await life.settle();
  const lost = await test.kernel.read((state) =>
    life.acknowledged.filter((id) => state.jobs.get(id) === undefined),
  );
  expect(lost).toEqual([]);
  await test.close();
}

async function appendsOf(acts: readonly Act[]): Promise<number> {
  const test = await testKernel({ kinds, concurrency, retention });
  await live(acts, test);
  const { frames } = await test.history();
  await test.close();
  return frames.length;
}

/** A log whose append of that number fails, in whichever incarnation it comes. */
function faultyAt(at: number, fault: AppendFault): { readonly log: MemoryLog; happened(): boolean } {
  let appends = 0;
  const armed = (log: MemoryLog): MemoryLog => {
    const { append, reopen } = { append: log.append.bind(log), reopen: log.reopen.bind(log) };
    log.append = (draft, expected) => {
      if (appends++ === at) log.failNext(fault);
      return append(draft, expected);
    };
    log.reopen = () => armed(reopen());
    return log;
  };
  return { log: armed(createMemoryLog()), happened: () => appends > at };
}
