import type { BenchTest, Figures, Stage } from '../bench-test.ts';
import type { JobId, Kernel } from '@tksm/abstractions';
import { fillQueue, openBenchKernel } from '../bench-kernel.ts';
import { readingOf } from '../log-figures.ts';

/** Jobs that are processed in a folder of their own before the clock starts, for the compiler's sake. */
const WARM_UP_JOBS = 3_000;

/**
 * No-ops that were queued beforehand. The clock runs from the last task of the boot, before any lease is given, until
 * every job's outcome was heard: each is told only when it is durable.
 */
export const processJobs: BenchTest = {
  async prepare({ dir, n, log }) {
    await fillQueue(dir, await log.open(dir), n);
    await fillQueue(`${dir}-warm`, await log.open(`${dir}-warm`), Math.min(n, WARM_UP_JOBS));
  },

  async measure(stage) {
    await run({ ...stage, dir: `${stage.dir}-warm`, n: Math.min(stage.n, WARM_UP_JOBS) });
    await stage.meter.gate();
    return { figures: await run(stage) };
  },
};

async function run({ dir, n, setting, log, meter }: Stage): Promise<Figures> {
  const opened = await log.open(dir);
  const clock: { stop?: () => Figures } = {};
  const startClock = {
    phase: 'services' as const,
    name: 'start-clock',
    run: () => {
      clock.stop = readingOf(opened, n, meter.start(n));
    },
  };
  const concurrency = Number(setting.replace('concurrency ', ''));
  const kernel = await openBenchKernel({ dir, log: opened, concurrency, bootTasks: [startClock] });
  const jobs = await kernel.read(({ jobs }) => idsOf(jobs.list({ kind: 'noop' })));
  await Promise.all(jobs.map((job) => succeeded(kernel, job)));
  const figures = clock.stop?.();
  await kernel.stop();
  if (figures === undefined || jobs.length !== n) throw new Error(`${jobs.length} jobs of ${n} were there`);
  return figures;
}

function idsOf(jobs: Iterable<{ readonly id: JobId }>): JobId[] {
  return Array.from(jobs, ({ id }) => id);
}

async function succeeded(kernel: Kernel, job: JobId): Promise<void> {
  const { status } = await kernel.outcome(job);
  if (status !== 'succeeded') throw new Error(`job ${job} ${status}`);
}
