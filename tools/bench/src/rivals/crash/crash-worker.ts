// Works off what is queued and keeps a journal, until it is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { loaderFrom } from '../install.ts';
import { placeOf } from '../place.ts';
import { entryOf } from '../peers.ts';
import type { CrashErrand } from './crash-errand.ts';
import { Journal } from './journal.ts';

const JOB_MS = 50;
const ASK_MS = 20;

const { errand, journal: file } = JSON.parse(process.argv[2] ?? '') as CrashErrand;
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
