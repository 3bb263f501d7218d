import type { Kernel } from '@tksm/abstractions';
import type { BenchTest } from '../bench-test.ts';
import { enqueueMany, openBenchKernel } from '../bench-kernel.ts';
import { percentile } from '../statistics.ts';

/** Variables that one operation sets. */
const GROUP = 500;
/** Entries that change between two digests. */
const CHANGES = 1_000;
const ROUNDS = 20;

/** Digests of a large state, half queued jobs and half variables, after some of it changed. The first one is told apart. */
export const digest: BenchTest = {
  async measure({ dir, n, log, meter }) {
    const kernel = await openBenchKernel({ dir, log: await log.open(dir), concurrency: 0 });
    await enqueueMany(kernel, n / 2);
    for (let first = 0; first < n / 2; first += GROUP) await setVariables(kernel, first, first);
    await meter.gate();
    const stop = meter.start(ROUNDS);
    const firstMs = await timeDigest(kernel);
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (let done = 0; done < CHANGES; done += GROUP) {
        await setVariables(kernel, (round * CHANGES + done) % (n / 2), -round);
      }
      took.push(await timeDigest(kernel));
    }
    const { foreign_cores = 0 } = stop().figures;
    await kernel.stop();
    const figures = { p50_ms: percentile(took, 0.5), p99_ms: percentile(took, 0.99), first_ms: firstMs };
    return { figures: { foreign_cores, ...figures } };
  },
};

async function setVariables(kernel: Kernel, first: number, value: number): Promise<void> {
  const changes = Array.from({ length: GROUP }, (_, index) => ({
    op: 'set',
    name: `v${first + index}`,
    value: value + index,
  }));
  await kernel.perform({ kind: 'var.apply', input: { changes } }, kernel.operator);
}

async function timeDigest(kernel: Kernel): Promise<number> {
  return await kernel.read((state) => {
    const began = performance.now();
    state.digest();
    return performance.now() - began;
  });
}
