import { noopInput } from '../../bench-kernel.ts';
import type { NoopInput } from '../../bench-kernel.ts';
import type { Client, Peer, Place, Work } from '../peer.ts';
import { createDatabase, openDatabase, removeDatabase } from './database.ts';
import type { Database } from './database.ts';

const BULK = 1_000;
const MAX_POOL = 20;
/** Connections beside those that run jobs. */
const SPARE_CONNECTIONS = 5;
/** Many jobs fetched at once, and completions recorded together as soon as there are some. */
const BATCHED = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } as const;

/** What is used of the package. */
interface Graphile {
  readonly Logger: new (factory: () => () => void) => object;
  run(options: object): Promise<{ stop(): Promise<void> }>;
  makeWorkerUtils(options: object): Promise<Utils>;
}

interface Utils {
  migrate(): Promise<void>;
  addJob(task: string, payload: NoopInput): Promise<unknown>;
  addJobs(jobs: readonly { readonly identifier: string; readonly payload: NoopInput }[]): Promise<unknown>;
  forceUnlockWorkers(workers: readonly string[]): Promise<unknown>;
  release(): Promise<void>;
}

/** graphile-worker on PostgreSQL: as it comes, or with its own settings for throughput. */
export function graphile({ batched }: { readonly batched: boolean }): Peer {
  return {
    tellsCompletion: false,
    create: createDatabase,
    remove: removeDatabase,
    client: async (place) => clientOf(await openUtils(place)),

    async worker(place, work) {
      const opened = await openUtils(place);
      const { database, utils, package: graphileWorker, logger } = opened;
      if (place.tuned) {
        await utils.forceUnlockWorkers(await database.texts(LOCK_HOLDERS));
      }
      await database.number('analyze');
      work.starting?.();
      const runner = await graphileWorker.run({
        preset: {
          worker: {
            ...workerSettings(work),
            connectionString: database.url,
            logger,
            ...(batched && BATCHED),
          },
        },
        noHandleSignals: true,
        taskList: { noop: ({ i }: NoopInput) => work.run(i) },
        parsedCronItems: [],
      });
      return clientOf(opened, runner);
    },
  };
}

/** The documented way to find jobs of dead workers before four hours have passed: somebody must know that they are dead. */
const LOCK_HOLDERS =
  'select distinct locked_by from graphile_worker._private_jobs where locked_by is not null';
const UNFINISHED = 'select count(*) from graphile_worker._private_jobs';

function workerSettings({ concurrency }: Work): object {
  const maxPoolSize = Math.min(concurrency, MAX_POOL) + SPARE_CONNECTIONS;
  return { concurrentJobs: concurrency, maxPoolSize, pollInterval: 1_000 };
}

interface Opened {
  readonly database: Database;
  readonly utils: Utils;
  readonly package: Graphile;
  readonly logger: object;
}

async function openUtils(place: Place): Promise<Opened> {
  const loaded = (await place.load('graphile-worker')) as Graphile;
  const database = await openDatabase(place);
  const logger = new loaded.Logger(() => () => undefined);
  const utils = await loaded.makeWorkerUtils({
    connectionString: database.url,
    logger,
    maxPoolSize: MAX_POOL,
  });
  await utils.migrate();
  return { database, utils, package: loaded, logger };
}

function clientOf({ database, utils }: Opened, runner?: { stop(): Promise<void> }): Client {
  return {
    async enqueue(i) {
      await utils.addJob('noop', noopInput(i));
    },
    async enqueueMany(first, count) {
      for (let done = 0; done < count; done += BULK) {
        const size = Math.min(BULK, count - done);
        await utils.addJobs(
          Array.from({ length: size }, (_, k) => ({
            identifier: 'noop',
            payload: noopInput(first + done + k),
          })),
        );
      }
    },
    unfinished: () => database.number(UNFINISHED),
    queries: () => database.transactions(),
    async close() {
      await runner?.stop();
      await utils.release();
      await database.close();
    },
  };
}
