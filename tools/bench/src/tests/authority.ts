import type { CapabilityHandle, Kernel } from '@tksm/abstractions';
import type { BenchTest } from '../bench-test.ts';
import { enqueueByCallers, openBenchKernel } from '../bench-kernel.ts';
import { readingOf } from '../log-figures.ts';

const CALLERS = 100;
const HANDLES = 1_000;
/** Trees of handles: each has a stem, and its share of the handles hangs from that. */
const TREES = 10;
const DEPTH = 5;
/** Part of the work that is done before the clock starts, for the compiler's sake. */
const WARM_UP = 0.1;
/** Never met: what is measured is that it is looked at. */
const RATE = { limit: 1_000_000, periodMs: 1_000 };

/** The setting that the other one is measured by: nothing is refused to the operator. */
export const ALLOW_ALL = 'allow all';

/** What it costs that each submission is by one of many handles, each of them below others that all have a rate. */
export const authority: BenchTest = {
  async measure({ dir, n, setting, log, meter }) {
    const opened = await log.open(dir);
    const kernel = await openBenchKernel({ dir, log: opened, concurrency: 0 });
    const handles = setting === ALLOW_ALL ? [kernel.operator] : await derived(kernel);
    await enqueueByCallers(kernel, CALLERS, Math.ceil(n * WARM_UP), handles);
    await meter.gate();
    const stop = readingOf(opened, n, meter.start(n));
    await enqueueByCallers(kernel, CALLERS, n, handles);
    const figures = stop();
    await kernel.stop();
    return { figures };
  },
};

async function derived(kernel: Kernel): Promise<readonly CapabilityHandle[]> {
  const stems: CapabilityHandle[] = [];
  for (let tree = 0; tree < TREES; tree++) {
    let stem = kernel.operator;
    for (let depth = 1; depth < DEPTH; depth++)
      stem = await kernel.derive({ rights: ['job.submit:**', 'var.*:**'], caveats: { rate: RATE } }, stem);
    stems.push(stem);
  }
  const handles: CapabilityHandle[] = [];
  for (const stem of stems) {
    for (let count = 0; count < HANDLES / TREES; count++)
      handles.push(await kernel.derive({ rights: ['job.submit:noop'], caveats: { rate: RATE } }, stem));
  }
  return handles;
}
