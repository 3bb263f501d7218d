import { replayState } from '@tksm/core';
import type { BenchTest, Stage } from '../bench-test.ts';
import { enqueueMany, openBenchKernel } from '../bench-kernel.ts';

const CONCURRENCY = 1_000;

/** A history of n jobs: the first half has run, the second is queued. */
async function prepare({ dir, n, log }: Stage): Promise<void> {
  const busy = await openBenchKernel({ dir, log: await log.open(dir), concurrency: CONCURRENCY });
  await enqueueMany(busy, Math.floor(n / 2));
  const jobs = await busy.read((state) => Array.from(state.jobs.list({ kind: 'noop' }), ({ id }) => id));
  await Promise.all(jobs.map((job) => busy.outcome(job)));
  await busy.stop();
  const idle = await openBenchKernel({ dir, log: await log.open(dir), concurrency: 0 });
  await enqueueMany(idle, Math.ceil(n / 2));
  await idle.stop();
}

/** Opens the folder, from no handle at all to a kernel that takes work. */
export const recovery: BenchTest = {
  prepare,
  async measure({ dir, log, meter }) {
    await meter.gate();
    const stop = meter.start(1);
    const opened = await log.open(dir);
    const events = (await opened.head()).position;
    const kernel = await openBenchKernel({ dir, log: opened, concurrency: 0 });
    const { ms, figures: all } = stop();
    const { device_flushes_per_op: _whole, ...figures } = all;
    await kernel.stop();
    return { figures: { ...figures, ops_per_s: events / (ms / 1_000), n: events } };
  },
};

/** Folds the history into state without opening a kernel, as `tksm replay` does. */
export const replaying: BenchTest = {
  prepare,
  async measure({ dir, log, meter }) {
    await meter.gate();
    const stop = meter.start(1);
    const reader = await log.openReader(dir);
    const { position } = await replayState(reader);
    const { ms, figures: all } = stop();
    const { device_flushes_per_op: _whole, ...figures } = all;
    await reader.close();
    return { figures: { ...figures, ops_per_s: position / (ms / 1_000), n: position } };
  },
};
