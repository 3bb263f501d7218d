import path from 'node:path';
import type { Figures } from '../../bench-test.ts';
import type { RivalStage, RivalTest } from '../rival-test.ts';
import { Journal } from '../worker/journal.ts';
import { killWorker, startWorker, until } from '../worker/start-worker.ts';

/** The worker is killed when this part of the jobs has ended. */
const KILLED_AFTER = 1 / 3;
/** Until the first worker has come so far. */
const START_MS = 30_000;
/** What is not finished by then is given up: some take hours by default. */
const LIMIT_MS = 75_000;
const QUICK_LIMIT_MS = 5_000;

/**
 * A worker is killed in the middle of its jobs and another is started at once. `recovery_ms`: from the kill until the
 * completion of every job is recorded. `duplicates`: jobs whose completion was recorded and which ran again nevertheless;
 * `repeated` counts also those that had ended when nothing was recorded yet.
 */
export const sigkill: RivalTest = {
  async prepare({ peer, place, n }) {
    const client = await peer.client(place);
    await client.enqueueMany(0, n);
    await client.close();
  },

  async measure(stage) {
    const { peer, errand, n, quick, meter } = stage;
    const journal = new Journal(path.join(errand.dir, 'journal'));
    await meter.gate();
    const stop = meter.start(n);
    const first = startWorker({ errand, journal: journal.file });
    await until(() => inMidJob(journal, n), START_MS);
    const killedAt = Date.now();
    await killWorker(first);
    const before = journal.read();
    const unfinished = peer.tellsCompletion ? undefined : await unfinishedOf(stage);
    const second = startWorker({ errand, journal: journal.file });
    const limitMs = quick ? QUICK_LIMIT_MS : LIMIT_MS;
    await until(() => journal.read().finishedAt !== undefined, limitMs);
    await killWorker(second);
    const { starts, finishedAt = killedAt + limitMs } = journal.read();
    const ranAgain = new Set(starts.slice(before.starts.length));
    const { foreign_cores = 0 } = stop().figures;
    const figures: Figures = {
      ...{ foreign_cores, recovery_ms: finishedAt - killedAt, unfinished: await unfinishedOf(stage) },
      duplicates:
        unfinished === undefined
          ? common(before.recorded, ranAgain)
          : Math.max(0, ranAgain.size - unfinished),
      repeated: common(before.ended, ranAgain),
    };
    return { figures };
  },
};

function inMidJob(journal: Journal, n: number): boolean {
  const { starts, ended } = journal.read();
  return ended.size >= n * KILLED_AFTER && starts.length > ended.size;
}

/** While no worker runs. */
async function unfinishedOf({ peer, place }: RivalStage): Promise<number> {
  const client = await peer.client(place);
  const unfinished = await client.unfinished();
  await client.close();
  return unfinished;
}

function common(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  return [...a].filter((i) => b.has(i)).length;
}
