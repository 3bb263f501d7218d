import type { Endpoints } from './servers/endpoints.ts';

/** Where one sample of a peer keeps its jobs. A sample has several places when it needs several queues. */
export interface Place {
  /** Unique, and fit for the name of a queue or a database. */
  readonly name: string;
  /** Folder of peers that keep files. */
  readonly dir: string;
  readonly endpoints: Endpoints;
  /** Whether the peer is set to find jobs of a killed worker sooner than by default. */
  readonly tuned: boolean;
  /** Imports a package of a rival, from where they are installed. */
  load(name: string): Promise<unknown>;
}

/** What a worker is to do. A job is known by its number. */
export interface Work {
  readonly concurrency: number;
  /** Jobs that a peer which hands out batches may hand out at once. Default: `concurrency`. */
  readonly batch?: number;
  readonly run: (i: number) => undefined | Promise<void>;
  /** Just before the first job may be taken: connections are made, files are read. */
  starting?(): void;
  /** The completion of a job is recorded. Only peers that say so one by one call it. */
  completed?(i: number): void;
}

/** A queue, open. Where it also works, it runs what is enqueued here. */
export interface Client {
  /** Resolves when the job is as durable as the peer is set to make it. */
  enqueue(i: number, origin?: string): void | Promise<void>;
  /** By the peer's own means for many. */
  enqueueMany(first: number, count: number, origin?: string): Promise<void>;
  /** Jobs whose completion is not recorded. */
  unfinished(): Promise<number>;
  /** Flushes and bytes so far, of a peer that counts its own. */
  written?(): { readonly flushes: number; readonly bytes: number };
  /** Queries or commands that its server has served so far. */
  queries?(): Promise<number>;
  close(): Promise<void>;
}

/** A job runtime under comparison: how it is opened, as its documentation says. */
export interface Peer {
  /** Whether `Work.completed` is called. */
  readonly tellsCompletion: boolean;
  /** Makes the place new and empty. */
  create?(place: Place): Promise<void>;
  /** What `create` made, away. */
  remove?(place: Place): Promise<void>;
  /** Enqueues and runs nothing. */
  client(place: Place): Promise<Client>;
  worker(place: Place, work: Work): Promise<Client>;
}
