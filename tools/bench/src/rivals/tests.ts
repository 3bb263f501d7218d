import type { RivalTest } from './rival-test.ts';
import { enqueueBulk, enqueueHundred, enqueueOne } from './tests/enqueue.ts';
import { latency } from './tests/latency.ts';
import { processJobs } from './tests/process-jobs.ts';

export const RIVAL_TESTS = {
  enqueue_1: enqueueOne,
  enqueue_100: enqueueHundred,
  enqueue_bulk: enqueueBulk,
  process: processJobs,
  drain: processJobs,
  latency,
} as const satisfies Record<string, RivalTest>;
export type RivalTestName = keyof typeof RIVAL_TESTS;

export function isRivalTestName(name: string): name is RivalTestName {
  return Object.hasOwn(RIVAL_TESTS, name);
}
