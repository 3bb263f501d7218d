import { noopInput } from '../../bench-kernel.ts';
import type { NoopInput } from '../../bench-kernel.ts';
import type { Client, Peer, Place, Work } from '../peer.ts';
import { createDatabase, openDatabase, removeDatabase } from './database.ts';
import type { Database } from './database.ts';

const BULK = 1_000;
const POOL = 20;
const QUEUE = 'noop';
const UNFINISHED = `select count(*) from pgboss.job where name = '${QUEUE}' and state < 'completed'`;
/** Jobs of a dead worker are found when they expire (15 minutes by default), at the next look (a minute apart). */
const TUNED_QUEUE = { expireInSeconds: 2 } as const;
const TUNED_BOSS = { superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 } as const;

/** What is used of the package. */
interface PgBossPackage {
  readonly PgBoss: new (options: object) => PgBoss;
}

interface PgBoss {
  on(event: 'error' | 'warning', listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  getQueue(name: string): Promise<object | null>;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: NoopInput): Promise<unknown>;
  insert(name: string, jobs: readonly { readonly data: NoopInput }[]): Promise<unknown>;
  work(name: string, options: object, run: (jobs: readonly Job[]) => Promise<void>): Promise<unknown>;
}

interface Job {
  readonly data: NoopInput;
}

/** pg-boss on PostgreSQL, with batches: one job at a time, it runs one for each poll. */
export const pgBoss: Peer = {
  tellsCompletion: false,
  create: createDatabase,
  remove: removeDatabase,
  client: async (place) => clientOf(await open(place)),

  async worker(place, work) {
    const opened = await open(place);
    await opened.database.number('analyze');
    work.starting?.();
    await opened.boss.work(QUEUE, workSettings(work), async (jobs) => {
      await Promise.all(jobs.map(async ({ data }) => work.run(data.i)));
    });
    return clientOf(opened);
  },
};

function workSettings({ concurrency, batch = concurrency }: Work): object {
  return { batchSize: batch, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
}

interface Opened {
  readonly boss: PgBoss;
  readonly database: Database;
}

async function open(place: Place): Promise<Opened> {
  const { PgBoss } = (await place.load('pg-boss')) as PgBossPackage;
  const database = await openDatabase(place);
  const boss = new PgBoss({
    ...{ connectionString: database.url, max: POOL, useListenNotify: true },
    ...(place.tuned && TUNED_BOSS),
  });
  boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
  boss.on('warning', () => undefined);
  await boss.start();
  if ((await boss.getQueue(QUEUE)) === null)
    await boss.createQueue(QUEUE, { notify: true, ...(place.tuned && TUNED_QUEUE) });
  return { boss, database };
}

function clientOf({ boss, database }: Opened): Client {
  return {
    async enqueue(i) {
      await boss.send(QUEUE, noopInput(i));
    },
    async enqueueMany(first, count) {
      for (let done = 0; done < count; done += BULK) {
        const size = Math.min(BULK, count - done);
        await boss.insert(
          QUEUE,
          Array.from({ length: size }, (_, k) => ({ data: noopInput(first + done + k) })),
        );
      }
    },
    unfinished: () => database.number(UNFINISHED),
    queries: () => database.transactions(),
    async close() {
      await boss.stop({ graceful: false });
      await database.close();
    },
  };
}
