import { defineKind } from '@tksm/core';
import type { BenchTest } from '../bench-test.ts';
import type { NoopInput } from '../bench-kernel.ts';
import { noopInput, openBenchKernel } from '../bench-kernel.ts';
import { idleGap } from '../idle-gap.ts';
import { readingOf } from '../log-figures.ts';
import { percentile } from '../statistics.ts';

/** Samples that are thrown away, for the compiler's sake. */
const WARM_UP = 20;
const CONCURRENCY = 100;

/** Pickup on an idle kernel: from before the call to the first line of the handler. */
export const latency: BenchTest = {
  async measure({ dir, n, log, meter }) {
    let started: (at: number) => void = () => undefined;
    const probe = defineKind<NoopInput>({
      name: 'probe',
      run: () => {
        started(performance.now());
      },
    });
    const opened = await log.open(dir);
    const kernel = await openBenchKernel({ dir, log: opened, concurrency: CONCURRENCY, kinds: [probe] });
    const pickUp = async (i: number): Promise<number> => {
      const picked = new Promise<number>((resolve) => (started = resolve));
      const calledAt = performance.now();
      const { job } = await kernel.enqueue({ kind: probe, input: noopInput(i) }, kernel.operator);
      const ms = (await picked) - calledAt;
      await kernel.outcome(job);
      await idleGap();
      return ms;
    };
    for (let i = 0; i < WARM_UP; i++) await pickUp(i);
    await meter.gate();
    const stop = readingOf(opened, n, meter.start(n));
    const samples: number[] = [];
    for (let i = 0; i < n; i++) samples.push(await pickUp(i));
    const { ops_per_s: _paced, ...figures } = stop();
    await kernel.stop();
    return { figures: { ...figures, p50_ms: percentile(samples, 0.5), p99_ms: percentile(samples, 0.99) } };
  },
};
