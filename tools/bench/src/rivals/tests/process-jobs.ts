import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../../bench-test.ts';
import { percentile } from '../../statistics.ts';
import { Moment } from '../moment.ts';
import type { Client, Peer, Place } from '../peer.ts';
import { startReading } from '../reading.ts';
import type { RivalStage, RivalTest } from '../rival-test.ts';

/** Jobs that are processed elsewhere before the clock starts, for the compiler's sake. */
const WARM_UP_JOBS = 20_000;
/** Between questions to a peer that does not tell completions. */
const ASK_MS = 5;
/** Largest batch of a peer that hands out batches. */
const BATCH = 1_000;

/**
 * No-ops that were queued beforehand. The clock runs from the start of the worker, connected and ready, until the
 * completion of every job is recorded. `p99_ms` is of one job, from its handler's first line until its completion is
 * recorded; of peers that do not say when, it is unknown.
 */
export const processJobs: RivalTest = {
  async prepare({ peer, place, spare, n }) {
    await fill(peer, place, n);
    await fill(peer, spare, Math.min(n, WARM_UP_JOBS));
  },

  async measure(stage) {
    await run({ ...stage, place: stage.spare, n: Math.min(stage.n, WARM_UP_JOBS) });
    await stage.meter.gate();
    return { figures: await run(stage) };
  },
};

async function fill(peer: Peer, place: Place, count: number): Promise<void> {
  const client = await peer.client(place);
  await client.enqueueMany(0, count);
  await client.close();
}

async function run({ peer, place, n, meter, bench: { concurrency } }: RivalStage): Promise<Figures> {
  const tally = new Tally(n);
  const clock: { stop?: () => Figures } = {};
  const worker = await peer.worker(place, {
    ...{ concurrency, batch: concurrency === 1 ? 1 : BATCH },
    run: (i) => {
      tally.started(i);
    },
    completed: (i) => tally.completed(i),
    starting: () => (clock.stop = startReading(meter, n)),
  });
  await (peer.tellsCompletion ? tally.allCompleted : unfinishedIsNone(tally, worker));
  const figures = clock.stop?.();
  await worker.close();
  if (figures === undefined) throw new Error('the worker has not said when it started');
  return { ...figures, ...tally.latencies() };
}

async function unfinishedIsNone(tally: Tally, worker: Client): Promise<void> {
  await tally.allStarted;
  while ((await worker.unfinished()) > 0) await sleep(ASK_MS);
}

/** When each job began, and how long after that its completion was recorded. */
class Tally {
  readonly #startedAt: Float64Array;
  readonly #took: number[] = [];
  readonly #started = new Moment();
  readonly #completed = new Moment();
  #running = 0;

  constructor(n: number) {
    this.#startedAt = new Float64Array(n);
  }

  get allStarted(): Promise<void> {
    return this.#started.reached;
  }

  get allCompleted(): Promise<void> {
    return this.#completed.reached;
  }

  started(i: number): void {
    this.#startedAt[i] = performance.now();
    this.#running += 1;
    if (this.#running === this.#startedAt.length) this.#started.reach();
  }

  completed(i: number): void {
    this.#took.push(performance.now() - (this.#startedAt[i] ?? Number.NaN));
    if (this.#took.length === this.#startedAt.length) this.#completed.reach();
  }

  latencies(): Figures {
    if (this.#took.length === 0) return {};
    return { job_p50_ms: percentile(this.#took, 0.5), p99_ms: percentile(this.#took, 0.99) };
  }
}
