import { defineKind } from '@tksm/core';
import { openJobIndex } from '@tksm/drivers-sqlite';
import type { BootTask, Command } from '@tksm/abstractions';
import { enqueueByCallers, enqueueMany, fillQueue, noopInput, openBenchKernel } from '../bench-kernel.ts';
import type { NoopInput } from '../bench-kernel.ts';
import type { BenchTest, Stage } from '../bench-test.ts';
import { Counter } from '../counter.ts';

/** Jobs that are measured at each depth, in parts that no depth is smaller than twice. */
const MEASURED = 20_000;
const PART = 500;

function partsOf(depth: number): { readonly part: number; readonly measured: number } {
  return { part: Math.min(PART, depth / 2), measured: Math.min(MEASURED, depth * 20) };
}

const CALLERS = 100;
const CONCURRENCY = 100;
/** For the compiler's sake, before the clock starts. */
const WARM_UP_JOBS = 5_000;

/**
 * What a submission costs when so many jobs are queued already. The clock stops between parts, and a shallow queue is made
 * anew for each, so that it stays as deep as it says.
 */
export const submitAtDepth: BenchTest = {
  async measure({ dir, n: depth, log, meter }) {
    const { part, measured } = partsOf(depth);
    await warmUp(dir, log, measured);
    await meter.gate();
    const stop = meter.start(measured);
    let ms = 0;
    for (let done = 0, queue = 0; done < measured; queue++) {
      const folder = `${dir}/${queue}`;
      const kernel = await openBenchKernel({ dir: folder, log: await log.open(folder), concurrency: 0 });
      await enqueueMany(kernel, depth);
      for (let added = 0; done < measured && added < Math.max(part, depth / 10); added += part) {
        const startedAt = performance.now();
        await enqueueByCallers(kernel, CALLERS, part);
        ms += performance.now() - startedAt;
        done += part;
      }
      await kernel.stop();
    }
    const { foreign_cores = 0 } = stop().figures;
    return { figures: { foreign_cores, ms, ops_per_s: measured / (ms / 1_000) } };
  },
};

async function warmUp(dir: string, log: Stage['log'], measured: number): Promise<void> {
  const folder = `${dir}-warm`;
  const kernel = await openBenchKernel({ dir: folder, log: await log.open(folder), concurrency: 0 });
  await enqueueByCallers(kernel, CALLERS, Math.min(WARM_UP_JOBS, measured));
  await kernel.stop();
}

/** What a job costs from submission to completion in a queue that stays so deep: for each part that ran, one comes. */
export const workAtDepth: BenchTest = {
  async prepare({ dir, n: depth, log }) {
    await fillQueue(dir, await log.open(dir), depth);
    const warm = `${dir}-warm`;
    await fillQueue(warm, await log.open(warm), Math.min(depth, 2 * PART));
  },

  async measure(stage) {
    const { measured } = partsOf(stage.n);
    await work({ ...stage, dir: `${stage.dir}-warm` }, Math.min(WARM_UP_JOBS, measured));
    await stage.meter.gate();
    return work(stage, measured);
  },
};

async function work({ dir, n, log, meter }: Stage, measured: number) {
  const { part } = partsOf(n);
  const counter = new Counter();
  const kind = defineKind<NoopInput>({
    name: 'noop',
    run: () => {
      counter.add();
    },
  });
  const clock: { stop?: ReturnType<Stage['meter']['start']> } = {};
  const startClock: BootTask = {
    ...{ phase: 'services', name: 'start-clock' },
    run: () => {
      clock.stop = meter.start(measured);
    },
  };
  const kernel = await openBenchKernel({
    ...{ dir, log: await log.open(dir), concurrency: CONCURRENCY, kinds: [kind], bootTasks: [startClock] },
    jobIndex: openJobIndex({ dir }),
  });
  for (let ran = part; ran <= measured; ran += part) {
    await counter.reached(ran);
    const batch: Command[] = Array.from({ length: part }, (_, k) => ({ kind, input: noopInput(ran + k) }));
    await kernel.enqueueAll(batch, kernel.operator);
  }
  await kernel.read(() => undefined);
  const { figures = {} } = clock.stop?.() ?? {};
  await kernel.stop();
  return { figures };
}
