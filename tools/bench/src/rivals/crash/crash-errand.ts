import type { RivalErrand } from '../errand.ts';

/** What a worker that will be killed is to do. */
export interface CrashErrand {
  readonly errand: RivalErrand;
  /** File that takes what it did. */
  readonly journal: string;
}
