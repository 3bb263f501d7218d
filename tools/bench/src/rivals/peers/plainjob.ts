import path from 'node:path';
import { noopInput } from '../../bench-kernel.ts';
import type { Client, Peer, Place } from '../peer.ts';

const TYPE = 'noop';
/** Its default is a second. */
const POLL_MS = 10;
/** Of a worker that is to find jobs of a dead one soon; by default they count as lost after 30 minutes. */
const TUNED = { timeout: 1_000, maintenanceInterval: 500 } as const;

/** What is used of the packages. */
interface PlainJob {
  better(database: Sqlite): object;
  defineQueue(options: object): Queue;
  defineWorker(type: string, run: (job: Job) => void | Promise<void>, options: object): Worker;
}

interface BetterSqlite {
  readonly default: new (file: string) => Sqlite;
}

interface Sqlite {
  pragma(text: string): unknown;
}

interface Queue {
  add(type: string, data: object): unknown;
  addMany(type: string, data: readonly object[]): unknown;
  countJobs(options: { readonly type: string; readonly status: number }): number;
  close(): void;
}

interface Worker {
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Job {
  readonly data: string;
}

const UNFINISHED = [0, 1] as const;
const quiet = { error: console.error, warn: nothing, info: nothing, debug: nothing };

function nothing(): void {
  // It logs every job.
}

/** plainjob on SQLite, flushing every commit. One worker: it has no concurrency. */
export const plainJob: Peer = {
  tellsCompletion: true,
  client: async (place) => clientOf((await open(place)).queue),

  async worker(place, work) {
    const { queue, library } = await open(place);
    const numberOf = ({ data }: Job): number => (JSON.parse(data) as { readonly i: number }).i;
    const worker = library.defineWorker(TYPE, (job) => work.run(numberOf(job)), {
      ...{ queue, logger: quiet, pollIntervall: POLL_MS },
      onCompleted: (job: Job) => work.completed?.(numberOf(job)),
    });
    work.starting?.();
    void worker.start();
    return clientOf(queue, worker);
  },
};

async function open({
  dir,
  load,
  tuned,
}: Place): Promise<{ readonly queue: Queue; readonly library: PlainJob }> {
  const { default: Database } = (await load('better-sqlite3')) as BetterSqlite;
  const library = (await load('plainjob')) as PlainJob;
  const database = new Database(path.join(dir, 'queue.db'));
  const connection = library.better(database);
  const queue = library.defineQueue({ connection, logger: quiet, ...(tuned && TUNED) });
  // It sets NORMAL, which flushes nothing before it acknowledges.
  database.pragma('synchronous = FULL');
  return { queue, library };
}

function clientOf(queue: Queue, worker?: Worker): Client {
  return {
    enqueue(i) {
      queue.add(TYPE, noopInput(i));
    },
    async enqueueMany(first, count) {
      queue.addMany(
        TYPE,
        Array.from({ length: count }, (_, k) => noopInput(first + k)),
      );
    },
    unfinished: async () =>
      UNFINISHED.reduce<number>((sum, status) => sum + queue.countJobs({ type: TYPE, status }), 0),
    async close() {
      await worker?.stop();
      queue.close();
    },
  };
}
