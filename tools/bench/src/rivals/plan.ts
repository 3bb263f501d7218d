import { PEERS } from './peers.ts';
import type { PeerName } from './peers.ts';
import type { RivalTestName } from './tests.ts';

/** One row: a peer, a test, how it is set, and how much it does. */
export interface RivalCase {
  readonly peer: PeerName;
  readonly test: RivalTestName;
  readonly setting: string;
  readonly n: number;
  /** How much of it is done with `--quick`, to see that it works. */
  readonly quickN: number;
  readonly concurrency: number;
  /** Of submissions, for an open loop. */
  readonly ratePerS?: number;
  /** What burdens it was queued by an earlier process. */
  readonly restarted?: true;
  /** Set to find jobs of a killed worker sooner than by default. */
  readonly tuned?: boolean;
  /** Taken once, however many rounds there are: it takes long, or says little by repeating. */
  readonly once?: true;
}

/** A row for each peer that it is for. */
interface Row extends Omit<RivalCase, 'peer'> {
  readonly peers: readonly PeerName[];
}

const ALL = (Object.keys(PEERS) as PeerName[]).filter((peer) => peer !== 'raw');

/** Without concurrency, a noisy neighbour is all there is. */
const CONCURRENT = ALL.filter((peer) => peer !== 'plainjob-full');
/** In batches only. */
const ONE_BY_ONE = ALL.filter((peer) => peer !== 'pg-boss-batched');
const RIVALS = ALL.filter((peer) => peer !== 'tksm');

const disk = { concurrency: 0, peers: ['raw'] } as const;
const enqueueing = { concurrency: 0, peers: ALL } as const;
const ten = { concurrency: 10, peers: ALL } as const;
const hundred = { setting: 'concurrency 100', concurrency: 100, peers: ALL } as const;
const noise = { test: 'noisy_neighbour', n: 400, quickN: 20, concurrency: 10 } as const;
const crash = { test: 'sigkill', n: 300, quickN: 30, once: true, ...ten } as const;

const ROWS: readonly Row[] = [
  { test: 'raw_single_flush', setting: 'idle', n: 200, quickN: 5, ...disk },
  { test: 'raw_group_commit', setting: 'groups of 100', n: 100_000, quickN: 1_000, ...disk },
  { test: 'enqueue_1', setting: '1 caller', n: 2_000, quickN: 50, ...enqueueing },
  { test: 'enqueue_100', setting: '100 callers', n: 20_000, quickN: 500, ...enqueueing },
  { test: 'enqueue_bulk', setting: 'bulk', n: 50_000, quickN: 1_000, ...enqueueing },
  { test: 'process', setting: 'concurrency 1', n: 3_000, quickN: 50, concurrency: 1, peers: ONE_BY_ONE },
  {
    ...{ test: 'process', setting: 'concurrency 10', n: 20_000, quickN: 200, concurrency: 10 },
    peers: ONE_BY_ONE,
  },
  { test: 'process', n: 50_000, quickN: 1_000, ...hundred },
  { test: 'latency', setting: 'idle', n: 400, quickN: 10, ...ten },
  { test: 'open_loop', setting: '20 Hz', n: 300, quickN: 10, ratePerS: 20, ...ten },
  { test: 'open_loop', setting: '300 Hz', n: 3_000, quickN: 100, ratePerS: 300, ...ten },
  { ...noise, setting: '90 % skew', peers: CONCURRENT },
  { ...noise, setting: '90 % skew, after a restart', restarted: true, peers: ['tksm'] },
  { test: 'drain', n: 200_000, quickN: 2_000, once: true, ...hundred },
  { ...crash, setting: 'defaults' },
  { ...crash, setting: 'tuned', tuned: true, peers: RIVALS },
  { test: 'idle', setting: 'a minute', n: 1, quickN: 1, once: true, ...ten },
];

/** In the order in which a round runs them: the peers side by side at each test. */
export const RIVAL_PLAN: readonly RivalCase[] = ROWS.flatMap(({ peers, ...row }) =>
  peers.map((peer) => ({ peer, ...row })),
);
