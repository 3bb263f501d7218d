import type { RivalErrand } from '../errand.ts';

/** What a worker in a process of its own is to do. */
export interface WorkerErrand {
  readonly errand: RivalErrand;
  /** File that takes what it did. */
  readonly journal: string;
}
