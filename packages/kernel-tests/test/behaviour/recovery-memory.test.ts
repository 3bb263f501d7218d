import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const RECOVERIES = 8;

function set({ kernel }: TestKernel, name: string): Promise<unknown> {
  const input = { name, value: name.repeat(100) };
  return kernel.perform({ kind: 'var.set', input }, kernel.operator);
}

async function recover(test: TestKernel): Promise<void> {
  test.log.failNext('unknown-lost');
  expect(await codeOf(set(test, 'lost'))).toBe('OutcomeUnknown');
  await test.runUntilIdle();
}

/** Once what only waits for its turn has had it. */
async function heapBytes(test: TestKernel): Promise<number> {
  await set(test, 'seen');
  await test.runUntilIdle();
  collect();
  return process.memoryUsage().heapUsed;
}

it(
  'of the state before a recovery nothing is kept',
  withKernel({}, async (test) => {
    const grant = { rights: ['var.get:x'] };
    const derive = () => test.kernel.derive(grant, test.kernel.operator);
    await Promise.all(Array.from({ length: 3_000 }, derive));
    await recover(test);
    const before = await heapBytes(test);
    for (let count = 0; count < RECOVERIES; count++) await recover(test);
    const more = ((await heapBytes(test)) - before) / RECOVERIES;
    // A state of so many handles has more than a megabyte.
    expect(more).toBeLessThan(300_000);
  }),
);
