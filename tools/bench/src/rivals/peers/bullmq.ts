import { noopInput } from '../../bench-kernel.ts';
import type { NoopInput } from '../../bench-kernel.ts';
import type { Client, Peer, Place, Work } from '../peer.ts';
import { portOf } from '../servers/endpoints.ts';

const BULK = 1_000;
/** How a worker that is to find stalled jobs soon is set; its defaults are 30 s each. */
const TUNED = { lockDuration: 1_000, stalledInterval: 1_000 } as const;

interface Job {
  readonly name: string;
  readonly data: NoopInput;
}

/** What is used of the package. */
interface BullMq {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly Worker: new (name: string, run: (job: Job) => Promise<void>, options: object) => Worker;
}

interface Queue {
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: NoopInput): Promise<unknown>;
  addBulk(jobs: readonly Job[]): Promise<unknown>;
  getJobCountByTypes(...types: string[]): Promise<number>;
  close(): Promise<void>;
}

interface IoRedis {
  readonly Redis: new (options: object) => Redis;
}

interface Redis {
  flushall(): Promise<unknown>;
  info(section: string): Promise<string>;
  quit(): Promise<unknown>;
}

interface Worker {
  waitUntilReady(): Promise<unknown>;
  on(event: 'completed', listener: (job: Job) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  run(): Promise<void>;
  close(force?: boolean): Promise<void>;
}

const UNFINISHED = ['waiting', 'active', 'delayed', 'prioritized', 'paused'] as const;

/** BullMQ on Redis. */
export function bullMq(appendfsync: 'always' | 'everysec'): Peer {
  const addressOf = ({ endpoints }: Place): object => ({
    host: '127.0.0.1',
    port: portOf(endpoints, `redis-${appendfsync}`),
    maxRetriesPerRequest: null,
  });

  const openRedis = async (place: Place): Promise<Redis> => {
    const { Redis } = (await place.load('ioredis')) as IoRedis;
    return new Redis(addressOf(place));
  };

  const openQueue = async (place: Place): Promise<Queue> => {
    const { Queue } = (await place.load('bullmq')) as BullMq;
    const queue = new Queue(place.name, { connection: addressOf(place) });
    await queue.waitUntilReady();
    return queue;
  };

  const flush = async (place: Place): Promise<void> => {
    const redis = await openRedis(place);
    await redis.flushall();
    await redis.quit();
  };

  return {
    tellsCompletion: true,
    create: flush,
    remove: flush,
    client: async (place) => clientOf(await openQueue(place), await openRedis(place)),

    async worker(place, work) {
      const { Worker } = (await place.load('bullmq')) as BullMq;
      const queue = await openQueue(place);
      const { concurrency } = work;
      const options = {
        connection: addressOf(place),
        concurrency,
        autorun: false,
        ...(place.tuned && TUNED),
      };
      const worker = new Worker(place.name, async ({ data }) => work.run(data.i), options);
      worker.on('error', (error) => console.error(`bullmq: ${error.message}`));
      tellCompletion(worker, work);
      await worker.waitUntilReady();
      work.starting?.();
      void worker.run();
      return clientOf(queue, await openRedis(place), worker);
    },
  };
}

function tellCompletion(worker: Worker, work: Work): void {
  if (work.completed === undefined) return;
  worker.on('completed', ({ data }) => work.completed?.(data.i));
}

function clientOf(queue: Queue, redis: Redis, worker?: Worker): Client {
  return {
    async enqueue(i) {
      await queue.add('noop', noopInput(i));
    },
    async enqueueMany(first, count) {
      for (let done = 0; done < count; done += BULK) {
        const size = Math.min(BULK, count - done);
        await queue.addBulk(
          Array.from({ length: size }, (_, k) => ({ name: 'noop', data: noopInput(first + done + k) })),
        );
      }
    },
    unfinished: () => queue.getJobCountByTypes(...UNFINISHED),
    async queries() {
      const info = await redis.info('stats');
      return Number(/total_commands_processed:(\d+)/.exec(info)?.[1]);
    },
    async close() {
      await worker?.close();
      await queue.close();
      await redis.quit();
    },
  };
}
