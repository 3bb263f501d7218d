import type { BenchTest } from './bench-test.ts';
import { acceptToken } from './tests/accept-token.ts';
import { ALLOW_ALL, authority } from './tests/authority.ts';
import { submitAtDepth, workAtDepth } from './tests/depth.ts';
import { digest } from './tests/digest.ts';
import { enqueueBulk, enqueueHundred, enqueueOne } from './tests/enqueue.ts';
import { growth, KEEPS_ALL } from './tests/growth.ts';
import { help } from './tests/help.ts';
import { latency } from './tests/latency.ts';
import { leases, NO_LEASES } from './tests/leases.ts';
import { memory } from './tests/memory.ts';
import { processJobs } from './tests/process-jobs.ts';
import { rawGroupCommit, rawSingleFlush } from './tests/raw-flush.ts';
import { recovery, replaying } from './tests/recovery.ts';
import { start } from './tests/start.ts';

export const TESTS = {
  raw_single_flush: rawSingleFlush,
  enqueue_1: enqueueOne,
  raw_group_commit: rawGroupCommit,
  enqueue_100: enqueueHundred,
  enqueue_bulk: enqueueBulk,
  authority,
  accept_token: acceptToken,
  process: processJobs,
  leases,
  latency,
  recovery,
  replay: replaying,
  memory,
  growth,
  digest,
  submit_at_depth: submitAtDepth,
  work_at_depth: workAtDepth,
  start,
  help,
} as const satisfies Record<string, BenchTest>;
export type TestName = keyof typeof TESTS;

export function isTestName(name: string): name is TestName {
  return Object.hasOwn(TESTS, name);
}

/** One row of the report: a test, how it is set, and how much it does. */
export interface Case {
  readonly test: TestName;
  readonly setting: string;
  readonly n: number;
  /** How much of it is done with `--quick`, to see that it works. */
  readonly quickN: number;
}

/** Jobs that are queued meanwhile: what each costs must not depend on it. */
const DEPTHS = [
  { setting: '1k queued', n: 1_000, quickN: 20 },
  { setting: '10k queued', n: 10_000, quickN: 20 },
  { setting: '100k queued', n: 100_000, quickN: 20 },
  { setting: '1M queued', n: 1_000_000, quickN: 20 },
] as const;

/** In the order in which a round runs them: ours beside the baseline that it is measured by. */
export const PLAN: readonly Case[] = [
  { test: 'raw_single_flush', setting: 'back to back', n: 4_000, quickN: 50 },
  { test: 'enqueue_1', setting: '1 caller', n: 5_000, quickN: 50 },
  { test: 'raw_group_commit', setting: 'groups of 100', n: 100_000, quickN: 1_000 },
  { test: 'enqueue_100', setting: '100 callers', n: 50_000, quickN: 1_000 },
  { test: 'enqueue_bulk', setting: 'batches of 1000', n: 100_000, quickN: 2_000 },
  { test: 'authority', setting: ALLOW_ALL, n: 100_000, quickN: 1_000 },
  { test: 'authority', setting: '1,000 handles, 5 deep', n: 100_000, quickN: 1_000 },
  { test: 'accept_token', setting: 'met before', n: 500_000, quickN: 1_000 },
  { test: 'process', setting: 'concurrency 1', n: 3_000, quickN: 50 },
  { test: 'process', setting: 'concurrency 10', n: 20_000, quickN: 200 },
  { test: 'process', setting: 'concurrency 100', n: 50_000, quickN: 1_000 },
  { test: 'process', setting: 'concurrency 100, event leaves', n: 50_000, quickN: 1_000 },
  { test: 'leases', setting: NO_LEASES, n: 50_000, quickN: 1_000 },
  { test: 'leases', setting: '1,000 long leases', n: 50_000, quickN: 1_000 },
  { test: 'raw_single_flush', setting: 'idle', n: 200, quickN: 5 },
  { test: 'latency', setting: 'idle', n: 400, quickN: 5 },
  { test: 'recovery', setting: 'half finished, half queued', n: 100_000, quickN: 1_000 },
  { test: 'recovery', setting: '1M queued, from a snapshot', n: 1_000_000, quickN: 1_000 },
  { test: 'replay', setting: 'half finished, half queued', n: 100_000, quickN: 1_000 },
  { test: 'memory', setting: '100k queued jobs', n: 100_000, quickN: 1_000 },
  { test: 'memory', setting: '1M queued jobs', n: 1_000_000, quickN: 1_000 },
  ...DEPTHS.flatMap(({ setting, n, quickN }) => [
    { test: 'submit_at_depth', setting, n, quickN } as const,
    { test: 'work_at_depth', setting, n, quickN } as const,
  ]),
  { test: 'growth', setting: 'settled jobs retire', n: 1_000_000, quickN: 20_000 },
  { test: 'growth', setting: KEEPS_ALL, n: 1_000_000, quickN: 20_000 },
  { test: 'digest', setting: '1k of 1M entries changed', n: 1_000_000, quickN: 4_000 },
  { test: 'start', setting: 'empty folder', n: 15, quickN: 1 },
  { test: 'help', setting: 'over an empty Node', n: 15, quickN: 1 },
];
