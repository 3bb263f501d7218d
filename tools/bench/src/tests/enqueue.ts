import type { Kernel } from '@tksm/abstractions';
import type { BenchTest, Stage } from '../bench-test.ts';
import { enqueueByCallers, enqueueMany, openBenchKernel } from '../bench-kernel.ts';
import { readingOf } from '../log-figures.ts';

const CALLERS = 100;
/** Part of the work that is done before the clock starts, for the compiler's sake. */
const WARM_UP = 0.1;

type Enqueue = (kernel: Kernel, count: number) => Promise<void>;

/** Nothing runs meanwhile: the kernel takes jobs and leases none. */
function enqueueTest(enqueue: Enqueue): BenchTest {
  return {
    async measure({ dir, n, log, meter }: Stage) {
      const opened = await log.open(dir);
      const kernel = await openBenchKernel({ dir, log: opened, concurrency: 0 });
      await enqueue(kernel, Math.ceil(n * WARM_UP));
      await meter.gate();
      const stop = readingOf(opened, n, meter.start(n));
      await enqueue(kernel, n);
      const figures = stop();
      await kernel.stop();
      return { figures };
    },
  };
}

/** One caller that awaits each acknowledgement. */
export const enqueueOne = enqueueTest((kernel, count) => enqueueByCallers(kernel, 1, count));
/** A hundred callers, each awaiting its own acknowledgement. */
export const enqueueHundred = enqueueTest((kernel, count) => enqueueByCallers(kernel, CALLERS, count));
/** One caller that submits in batches. */
export const enqueueBulk = enqueueTest(enqueueMany);
