import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../../bench-test.ts';
import { workOf } from '../../machine/process-work.ts';
import type { ProcessWork } from '../../machine/process-work.ts';
import type { Client } from '../peer.ts';
import { startReading } from '../reading.ts';
import type { RivalStage, RivalTest } from '../rival-test.ts';
import { Journal } from '../worker/journal.ts';
import { killWorker, startWorker, until } from '../worker/start-worker.ts';

const MINUTE_MS = 60_000;
const START_MS = 30_000;
/** Until what a start leaves behind is done. */
const SETTLE_MS = 3_000;
const LOOK_MS = 20_000;
const QUICK_MS = 500;

/** What a worker with nothing to do costs in a minute, its server included; watched from another process. */
export const idle: RivalTest = {
  async measure(stage) {
    const { errand, meter, quick, ownServers } = stage;
    const journal = new Journal(path.join(errand.dir, 'journal'));
    const worker = startWorker({ errand, journal: journal.file });
    await until(() => journal.read().finishedAt !== undefined, START_MS);
    const asking = await askingClient(stage);
    await sleep(quick ? QUICK_MS : SETTLE_MS);
    await meter.gate();
    const processes = [...(worker.pid === undefined ? [] : [worker.pid]), ...ownServers];
    const queriesBefore = await asking?.queries?.();
    const stop = startReading(meter, 1);
    const before = workOf(processes);
    await sleep(quick ? QUICK_MS : LOOK_MS);
    const after = workOf(processes);
    const { ms = MINUTE_MS, flushes_per_op: flushes = 0, foreign_cores = 0 } = stop();
    const queriesAfter = await asking?.queries?.();
    await asking?.close();
    await killWorker(worker);
    const perMinute = (count: number): number => (count * MINUTE_MS) / ms;
    const workPerMinute = (figure: keyof ProcessWork): number => perMinute(after[figure] - before[figure]);
    const figures: Figures = {
      ...{ ms, foreign_cores },
      cpu_ms_per_min: workPerMinute('cpuMs'),
      wakeups_per_min: workPerMinute('wakeUps'),
      io_calls_per_min: workPerMinute('ioCalls'),
      // Of the whole disk: on a machine that others use, it is theirs.
      flushes_per_min: perMinute(flushes),
      // The first of the two questions is counted by the second.
      ...(queriesBefore !== undefined &&
        queriesAfter !== undefined && { queries_per_min: perMinute(queriesAfter - queriesBefore - 1) }),
    };
    return { figures };
  },
};

/** Only a server can be asked beside the worker. */
async function askingClient({ peer, place, ownServers }: RivalStage): Promise<Client | undefined> {
  return ownServers.length === 0 ? undefined : peer.client(place);
}
