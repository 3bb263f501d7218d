import { idleGap } from '../../idle-gap.ts';
import { percentile } from '../../statistics.ts';
import { startReading } from '../reading.ts';
import type { RivalTest } from '../rival-test.ts';

/** Samples that are thrown away, for the compiler's sake. */
const WARM_UP = 20;

/** Pickup at rest: from before the call to the first line of the handler, in one process, 2 to 7 ms between jobs. */
export const latency: RivalTest = {
  async measure({ peer, place, n, meter, bench: { concurrency } }) {
    let started: (at: number) => void = () => undefined;
    const run = (): undefined => {
      started(performance.now());
    };
    const worker = await peer.worker(place, { concurrency, run });
    const pickUp = async (i: number): Promise<number> => {
      const picked = new Promise<number>((resolve) => (started = resolve));
      const calledAt = performance.now();
      await worker.enqueue(i);
      const ms = (await picked) - calledAt;
      await idleGap();
      return ms;
    };
    for (let i = 0; i < WARM_UP; i++) await pickUp(i);
    await meter.gate();
    const stop = startReading(meter, n, worker);
    const samples: number[] = [];
    for (let i = 0; i < n; i++) samples.push(await pickUp(WARM_UP + i));
    const { ops_per_s: _paced, ...figures } = stop();
    await worker.close();
    return {
      figures: { ...figures, p50_ms: percentile(samples, 0.5), p99_ms: percentile(samples, 0.99) },
    };
  },
};
