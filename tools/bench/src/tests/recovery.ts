import { noLogger } from '@tksm/abstractions';
import { makeSnapshot, replayState } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import type { BenchTest, Stage } from '../bench-test.ts';
import { enqueueMany, fillQueue, openBenchKernel } from '../bench-kernel.ts';

const CONCURRENCY = 1_000;
/** A setting that ends so begins with a snapshot. */
const FROM_SNAPSHOT = 'from a snapshot';

function isFromSnapshot({ setting }: Stage): boolean {
  return setting.endsWith(FROM_SNAPSHOT);
}

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

/** As many as can be, all queued, and a snapshot of them: what a restart has to get through. */
async function prepareSnapshot({ dir, n, log }: Stage): Promise<void> {
  await fillQueue(dir, await log.open(dir), n);
  const reader = await log.openReader(dir);
  await makeSnapshot({ log: reader, store: openDiskSnapshots({ dir }), logger: noLogger });
  await reader.close();
}

/** Opens the folder, from no handle at all to a kernel that takes work. */
export const recovery: BenchTest = {
  prepare: (stage) => (isFromSnapshot(stage) ? prepareSnapshot(stage) : prepare(stage)),
  async measure(stage) {
    const { dir, log, meter } = stage;
    const snapshots = isFromSnapshot(stage) ? { snapshots: openDiskSnapshots({ dir }) } : {};
    await meter.gate();
    const stop = meter.start(1);
    const opened = await log.open(dir);
    const events = (await opened.head()).position;
    const kernel = await openBenchKernel({ dir, log: opened, concurrency: 0, ...snapshots });
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
