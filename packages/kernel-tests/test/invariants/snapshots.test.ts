import { noLogger } from '@tksm/abstractions';
import { readState } from '@tksm/core';
import { createMemorySnapshots } from '@tksm/drivers-memory';
import { testKernel } from '@tksm/testing';
import { Life, lifeKinds, lives } from '@tksm/kernel-tests';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const kinds = lifeKinds;

it('a start from a snapshot leads to the state and the order of jobs that a replay leads to', async () => {
  let begun = 0;
  await fc.assert(
    fc.asyncProperty(
      lives(['unknown-written', 'unknown-lost'], 25),
      fc.integer({ min: 1, max: 40 }),
      async (acts, every) => {
        const snapshots = createMemorySnapshots();
        const test = await testKernel({ kinds, concurrency: 3, snapshots, snapshotEveryEvents: every });
        const life = new Life(test);
        for (const act of acts) await life.do(act);
        await life.settle();
        const { log } = test;
        const { state, from } = await readState({ log, store: snapshots, logger: noLogger });
        const replayed = await readState({ log, logger: noLogger });
        expect(state.digest()).toBe(replayed.state.digest());
        expect([...state.jobs.list()]).toEqual([...replayed.state.jobs.list()]);
        if (from > 0) begun += 1;
        await test.close();
      },
    ),
    { numRuns: 60 },
  );
  expect(begun).toBeGreaterThan(20);
});

it('a kernel starts although its snapshot is damaged, and says so', async () => {
  const snapshots = createMemorySnapshots();
  const said: string[] = [];
  const logger = { log: (_level: string, message: string) => void said.push(message), child: () => logger };
  const test = await testKernel({ kinds, snapshots, snapshotEveryEvents: 10, logger });
  for (let n = 0; n < 5; n++) await test.run({ kind: 'echo', input: n });
  await test.drain();
  await test.restart();
  expect(said).not.toContain('a snapshot is passed over');
  for (const position of await snapshots.list()) snapshots.corrupt(position, 40);
  await test.restart();
  expect(said).toContain('a snapshot is passed over');
  expect(said).toContain('the log is replayed from its beginning');
  await test.verifyReplay();
  await test.close();
});
