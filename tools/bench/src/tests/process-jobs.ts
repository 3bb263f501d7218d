import type { BenchTest, Figures, Stage } from '../bench-test.ts';
import type { BootTask, JobId, Kernel } from '@tksm/abstractions';
import { fillQueue, openBenchKernel } from '../bench-kernel.ts';
import type { BenchKernelSettings } from '../bench-kernel.ts';
import { readingOf } from '../log-figures.ts';

/** Jobs that are processed in a folder of their own before the clock starts, for the compiler's sake. */
export const WARM_UP_JOBS = 3_000;
/** A setting that ends so is measured in a zone with event leaves. */
const EVENT_LEAVES = 'event leaves';

/**
 * No-ops that were queued beforehand. The clock runs from the last task of the boot, before any lease is given, until
 * every job's outcome was heard: each is told only when it is durable.
 */
export const processJobs: BenchTest = {
  async prepare({ dir, n, setting, log }) {
    const eventLeaves = setting.endsWith(EVENT_LEAVES);
    await fillQueue(dir, await log.open(dir), n, eventLeaves);
    const warm = `${dir}-warm`;
    await fillQueue(warm, await log.open(warm), Math.min(n, WARM_UP_JOBS), eventLeaves);
  },

  async measure(stage) {
    const concurrency = Number(/\d+/.exec(stage.setting)?.[0]);
    return { figures: await processQueued(stage, { concurrency }) };
  },
};

/** Runs the no-ops of a folder, after those of the folder beside it. */
export async function processQueued(
  stage: Stage,
  settings: Pick<BenchKernelSettings, 'concurrency' | 'kinds'>,
): Promise<Figures> {
  await run({ ...stage, dir: `${stage.dir}-warm`, n: Math.min(stage.n, WARM_UP_JOBS) }, settings);
  await stage.meter.gate();
  return await run(stage, settings);
}

async function run(
  { dir, n, log, meter }: Stage,
  settings: Pick<BenchKernelSettings, 'concurrency' | 'kinds'>,
): Promise<Figures> {
  const opened = await log.open(dir);
  const queued: { ids: JobId[]; stop?: () => Figures } = { ids: [] };
  const startClock: BootTask = {
    phase: 'services',
    name: 'start-clock',
    async run({ kernel }) {
      queued.ids = await kernel.read(({ jobs }) => Array.from(jobs.list({ kind: 'noop' }), ({ id }) => id));
      queued.stop = readingOf(opened, n, meter.start(n));
    },
  };
  const kernel = await openBenchKernel({ ...settings, dir, log: opened, bootTasks: [startClock] });
  await Promise.all(queued.ids.map((job) => succeeded(kernel, job)));
  const figures = queued.stop?.();
  await kernel.stop();
  if (figures === undefined || queued.ids.length !== n)
    throw new Error(`${queued.ids.length} of ${n} jobs were there`);
  return figures;
}

async function succeeded(kernel: Kernel, job: JobId): Promise<void> {
  const { status } = await kernel.outcome(job);
  if (status !== 'succeeded') throw new Error(`job ${job} ${status}`);
}
