import type { BenchTest } from '../bench-test.ts';
import { fillQueue, openBenchKernel } from '../bench-kernel.ts';
import { held, MIB } from '../held-memory.ts';

/** A fresh process that opens a folder of queued jobs and holds them. */
export const memory: BenchTest = {
  async prepare({ dir, n, log }) {
    await fillQueue(dir, await log.open(dir), n);
  },

  async measure({ dir, n, log }) {
    const spare = `${dir}-empty`;
    const empty = await openBenchKernel({ dir: spare, log: await log.open(spare), concurrency: 0 });
    await empty.stop();
    const before = held();
    const kernel = await openBenchKernel({ dir, log: await log.open(dir), concurrency: 0 });
    const after = held();
    await kernel.stop();
    return {
      figures: {
        bytes_per_op: (after.heap - before.heap) / n,
        rss_mb: after.rss / MIB,
        rss_growth_mb: (after.rss - before.rss) / MIB,
      },
    };
  },
};
