import { idleGap } from '../../idle-gap.ts';
import { percentile } from '../../statistics.ts';
import { startReading } from '../reading.ts';
import type { RivalTest } from '../rival-test.ts';
import { warmUp } from '../warm-up.ts';

/** Samples at rest that are thrown away, after those in haste. */
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
      return (await picked) - calledAt;
    };
    let next = 0;
    await warmUp(n, async () => {
      await pickUp(next++);
      return 1;
    });
    for (let i = 0; i < WARM_UP; i++) {
      await idleGap();
      await pickUp(next++);
    }
    await meter.gate();
    const stop = startReading(meter, n, worker);
    const samples: number[] = [];
    for (let i = 0; i < n; i++) {
      await idleGap();
      samples.push(await pickUp(next++));
    }
    const { ops_per_s: _paced, ...figures } = stop();
    await worker.close();
    return {
      figures: { ...figures, p50_ms: percentile(samples, 0.5), p99_ms: percentile(samples, 0.99) },
    };
  },
};
