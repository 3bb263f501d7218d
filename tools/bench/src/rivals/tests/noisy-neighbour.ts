import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../../bench-test.ts';
import { percentile } from '../../statistics.ts';
import { beatAt } from '../metronome.ts';
import { Moment } from '../moment.ts';
import type { Client, Place } from '../peer.ts';
import type { RivalStage, RivalTest } from '../rival-test.ts';
import { startReading } from '../reading.ts';
import { within } from '../within.ts';

/** A job sleeps 15 to 25 ms, so that ten slots do about 500 jobs a second. */
const JOB_MS = 15;
const SPREAD_MS = 11;
/** A tenth of that from the quiet tenant; nine times as much from the noisy one, a second's worth at once. */
const QUIET_PER_S = 50;
const NOISE = 9;
/** Numbers of jobs of the noisy tenant begin here. */
const NOISY_FROM = 1_000_000;
/** After the last submission: what has not ended by then counts as this late. */
const LAST_MS = 30_000;
/** A restart: this much noise was queued by an earlier process. */
const BACKLOG_S = 4;

/**
 * What a tenant with a tenth of the jobs suffers from one with nine tenths, when there is just too much work: `p95_ratio` is
 * its 95th percentile, from the time a job was due to be submitted to its end, over the same without a neighbour.
 */
export const noisyNeighbour: RivalTest = {
  async prepare({ bench, peer, place }) {
    if (bench.restarted !== true) return;
    const client = await peer.client(place);
    await client.enqueueMany(NOISY_FROM, BACKLOG_S * QUIET_PER_S * NOISE, 'noisy');
    await client.close();
  },

  async measure(stage) {
    await stage.meter.gate();
    const alone = await quietTenant(stage, stage.spare, false);
    const stop = startReading(stage.meter, stage.n * (1 + NOISE));
    const beside = await quietTenant(stage, stage.place, true);
    const { ops_per_s: _paced, ...figures } = stop();
    const quantiles = { p50_ms: beside.p50, p95_ms: beside.p95, p99_ms: beside.p99 };
    const ratio = { p95_alone_ms: alone.p95, p95_ratio: beside.p95 / alone.p95 };
    return { figures: { ...figures, ...quantiles, ...ratio } };
  },
};

type Times = Readonly<Record<'p50' | 'p95' | 'p99', number>> & Figures;

async function quietTenant({ peer, n, bench }: RivalStage, place: Place, noisy: boolean): Promise<Times> {
  const dueAt = new Float64Array(n);
  const took = new Float64Array(n).fill(LAST_MS);
  const allDone = new Moment();
  let done = 0;
  const run = async (i: number): Promise<void> => {
    await sleep(JOB_MS + (i % SPREAD_MS));
    if (i >= NOISY_FROM) return;
    took[i] = performance.now() - (dueAt[i] ?? Number.NaN);
    done += 1;
    if (done === n) allDone.reach();
  };
  const worker = await peer.worker(place, { concurrency: bench.concurrency, run });
  await beatAt(QUIET_PER_S, n, (beat, due) => {
    if (noisy && beat % QUIET_PER_S === 0) void makeNoise(worker, beat);
    dueAt[beat] = due;
    void worker.enqueue(beat, 'quiet');
  });
  await within(LAST_MS, allDone.reached);
  await worker.close();
  return {
    p50: percentile([...took], 0.5),
    p95: percentile([...took], 0.95),
    p99: percentile([...took], 0.99),
  };
}

async function makeNoise(client: Client, beat: number): Promise<void> {
  const first = NOISY_FROM * 2 + beat * NOISE;
  await client.enqueueMany(first, QUIET_PER_S * NOISE, 'noisy');
}
