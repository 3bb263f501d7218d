import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../../bench-test.ts';
import { workOf } from '../../machine/process-work.ts';
import type { ProcessWork } from '../../machine/process-work.ts';
import { startReading } from '../reading.ts';
import type { RivalTest } from '../rival-test.ts';

const MINUTE_MS = 60_000;
/** Until what a start leaves behind is done. */
const SETTLE_MS = 3_000;
const LOOK_MS = 20_000;
const QUICK_MS = 500;

/** What a worker with nothing to do costs in a minute, its servers included. */
export const idle: RivalTest = {
  async measure({ peer, place, meter, quick, servers, bench: { concurrency } }) {
    const worker = await peer.worker(place, { concurrency, run: () => undefined });
    await worker.enqueue(0);
    await sleep(quick ? QUICK_MS : SETTLE_MS);
    await meter.gate();
    const processes = [process.pid, ...servers];
    const queriesBefore = await worker.queries?.();
    const stop = startReading(meter, 1, worker);
    // Looking is work, too: what one look takes is subtracted.
    const look = workOf(processes);
    const before = workOf(processes);
    await sleep(quick ? QUICK_MS : LOOK_MS);
    const after = workOf(processes);
    const { ms = MINUTE_MS, flushes_per_op: flushes = 0, foreign_cores = 0 } = stop();
    const queriesAfter = await worker.queries?.();
    await worker.close();
    const perMinute = (count: number): number => (Math.max(0, count) * MINUTE_MS) / ms;
    const workPerMinute = (figure: keyof ProcessWork): number =>
      perMinute(after[figure] - before[figure] - (before[figure] - look[figure]));
    const figures: Figures = {
      ...{ ms, foreign_cores },
      cpu_ms_per_min: workPerMinute('cpuMs'),
      wakeups_per_min: workPerMinute('wakeUps'),
      io_calls_per_min: workPerMinute('ioCalls'),
      flushes_per_min: perMinute(flushes),
      // The first of the two questions is counted by the second.
      ...(queriesBefore !== undefined &&
        queriesAfter !== undefined && { queries_per_min: perMinute(queriesAfter - queriesBefore - 1) }),
    };
    return { figures };
  },
};
