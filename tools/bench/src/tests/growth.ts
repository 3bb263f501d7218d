import type { Kernel } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { openJobIndex } from '@tksm/drivers-sqlite';
import type { BenchTest } from '../bench-test.ts';
import { noopInput, openBenchKernel } from '../bench-kernel.ts';
import type { NoopInput } from '../bench-kernel.ts';
import { Counter } from '../counter.ts';
import { held, MIB } from '../held-memory.ts';

/** Part of the jobs after which memory is looked at. */
const LOOKS = 10;
const BULK = 1_000;
/** Jobs that are submitted and have not run yet, at most. */
const AHEAD = 5_000;

/** The setting that keeps everything in memory, to compare with. */
export const KEEPS_ALL = 'nothing retires';

/** Many jobs through one kernel: what it holds after each tenth of them, when the garbage is gone. */
export const growth: BenchTest = {
  async measure({ dir, n, setting, log, meter }) {
    const counter = new Counter();
    const counted = defineKind<NoopInput>({
      name: 'counted',
      run: () => {
        counter.add();
      },
    });
    const kernel = await openBenchKernel({
      ...{ dir, log: await log.open(dir), concurrency: 100, kinds: [counted] },
      ...(setting !== KEEPS_ALL && { jobIndex: openJobIndex({ dir }) }),
    });
    await meter.gate();
    const stop = meter.start(n);
    const figures: Record<string, number> = {};
    for (let tenth = 1; tenth <= LOOKS; tenth++) {
      await runUntil(kernel, counter, Math.floor((n * tenth) / LOOKS));
      const { heap, rss } = held();
      figures[`heap_mb_${tenth}`] = heap / MIB;
      figures[`rss_mb_${tenth}`] = rss / MIB;
    }
    const reading = stop();
    await kernel.stop();
    return { figures: { ...reading.figures, ...figures } };
  },
};

async function runUntil(kernel: Kernel, counter: Counter, until: number): Promise<void> {
  while (counter.submitted < until) {
    const count = Math.min(BULK, until - counter.submitted);
    const commands = Array.from({ length: count }, (_, index) => ({
      kind: 'counted',
      input: noopInput(counter.submitted + index),
    }));
    counter.submitted += count;
    await kernel.enqueueAll(commands, kernel.operator);
    await counter.reached(counter.submitted - AHEAD);
  }
  await counter.reached(until);
  await kernel.read(() => undefined);
}
