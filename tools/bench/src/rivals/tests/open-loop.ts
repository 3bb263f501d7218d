import { percentile } from '../../statistics.ts';
import { beatAt } from '../metronome.ts';
import { Moment } from '../moment.ts';
import { startReading } from '../reading.ts';
import type { RivalTest } from '../rival-test.ts';
import { within } from '../within.ts';

/** Beats that are thrown away, for the compiler's sake. */
const WARM_UP = 20;
/** After the last beat: what was not picked up by then counts as this late. */
const LAST_MS = 15_000;

/**
 * Pickup under a steady rate that does not wait for answers: from the time at which a job was due to be submitted to the
 * first line of its handler.
 */
export const openLoop: RivalTest = {
  async measure({ peer, place, n, meter, bench: { concurrency, ratePerS = 1 } }) {
    const all = WARM_UP + n;
    const dueAt = new Float64Array(all);
    const took = new Float64Array(all).fill(LAST_MS);
    const allPicked = new Moment();
    let picked = 0;
    const run = (i: number): undefined => {
      took[i] = performance.now() - (dueAt[i] ?? Number.NaN);
      picked += 1;
      if (picked === all) allPicked.reach();
    };
    const worker = await peer.worker(place, { concurrency, run });
    await meter.gate();
    const stop = startReading(meter, all, worker);
    await beatAt(ratePerS, all, (beat, due) => {
      dueAt[beat] = due;
      void worker.enqueue(beat);
    });
    await within(LAST_MS, allPicked.reached);
    const { ops_per_s: _paced, ...figures } = stop();
    await worker.close();
    const samples = [...took.subarray(WARM_UP)];
    const quantiles = { p50_ms: percentile(samples, 0.5), p99_ms: percentile(samples, 0.99) };
    return { figures: { ...figures, ...quantiles, missed: all - picked } };
  },
};
