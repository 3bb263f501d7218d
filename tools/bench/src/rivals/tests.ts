import type { RivalTest } from './rival-test.ts';
import { enqueueBulk, enqueueHundred, enqueueOne } from './tests/enqueue.ts';
import { idle } from './tests/idle.ts';
import { latency } from './tests/latency.ts';
import { noisyNeighbour } from './tests/noisy-neighbour.ts';
import { openLoop } from './tests/open-loop.ts';
import { processJobs } from './tests/process-jobs.ts';
import { rawFlushes, rawGroups } from './tests/raw.ts';
import { sigkill } from './tests/sigkill.ts';

export const RIVAL_TESTS = {
  raw_single_flush: rawFlushes,
  raw_group_commit: rawGroups,
  enqueue_1: enqueueOne,
  enqueue_100: enqueueHundred,
  enqueue_bulk: enqueueBulk,
  process: processJobs,
  drain: processJobs,
  latency,
  open_loop: openLoop,
  noisy_neighbour: noisyNeighbour,
  sigkill,
  idle,
} as const satisfies Record<string, RivalTest>;
export type RivalTestName = keyof typeof RIVAL_TESTS;

export function isRivalTestName(name: string): name is RivalTestName {
  return Object.hasOwn(RIVAL_TESTS, name);
}
