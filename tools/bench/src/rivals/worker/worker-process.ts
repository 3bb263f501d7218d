// Works off what is queued and keeps a journal; then it has nothing to do, until it is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { loaderFrom } from '../install.ts';
import { placeOf } from '../place.ts';
import { entryOf } from '../peers.ts';
import type { WorkerErrand } from './worker-errand.ts';
import { Journal } from './journal.ts';

const JOB_MS = 50;
const ASK_MS = 20;
/** The longest that a timer takes: 24 days. An embedded kernel at rest does not keep its process alive. */
const NEVER_MS = 2 ** 31 - 1;

const { errand, journal: file } = JSON.parse(process.argv[2] ?? '') as WorkerErrand;
const { peer } = entryOf(errand.bench.peer);
const journal = new Journal(file);
const worker = await peer.worker(placeOf(errand, 'main', loaderFrom(errand.cache)), {
  concurrency: errand.bench.concurrency,
  async run(i) {
    journal.started(i);
    await sleep(JOB_MS);
    journal.ended(i);
  },
  completed: (i) => journal.recorded(i),
});
while ((await worker.unfinished()) > 0) await sleep(ASK_MS);
journal.finished();
setTimeout(() => undefined, NEVER_MS);
