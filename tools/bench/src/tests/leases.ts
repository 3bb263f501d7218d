import { defineKind } from '@tksm/core';
import type { BenchTest, Stage } from '../bench-test.ts';
import { enqueueMany, noop, openBenchKernel } from '../bench-kernel.ts';
import { processQueued, WARM_UP_JOBS } from './process-jobs.ts';

/** The setting without any, to compare with. */
export const NO_LEASES = '0 long leases';

/** Slots beside those of the long jobs. */
const SLOTS = 100;
const HOUR_MS = 3_600_000;

/** Holds its lease until the kernel stops. */
const long = defineKind({
  name: 'long',
  timeoutMs: HOUR_MS,
  run: (_input, { signal }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    }),
});

const kinds = [noop, long];

const leasesOf = (setting: string): number => Number.parseInt(setting.replace(',', ''), 10);

/** The no-ops of `process`, beside jobs that are leased for as long as it takes: what each costs must not depend on them. */
export const leases: BenchTest = {
  async prepare(stage) {
    await fill(stage);
    await fill({ ...stage, dir: `${stage.dir}-warm`, n: Math.min(stage.n, WARM_UP_JOBS) });
  },

  async measure(stage) {
    const concurrency = SLOTS + leasesOf(stage.setting);
    return { figures: await processQueued(stage, { concurrency, kinds }) };
  },
};

async function fill({ dir, n, setting, log }: Stage): Promise<void> {
  const kernel = await openBenchKernel({ dir, log: await log.open(dir), concurrency: 0, kinds });
  const first = Array.from({ length: leasesOf(setting) }, () => ({ kind: long, priority: 9 }));
  await kernel.enqueueAll(first, kernel.operator);
  await enqueueMany(kernel, n);
  await kernel.stop();
}
