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
  /** Set to find jobs of a killed worker sooner than by default. */
  readonly tuned?: boolean;
  /** Taken once, however many rounds there are: it takes long, or says little by repeating. */
  readonly once?: true;
}

/** A row for each peer that it is for. */
interface Row extends Omit<RivalCase, 'peer'> {
  readonly peers: readonly PeerName[];
}

const ALL = Object.keys(PEERS) as PeerName[];

const ROWS: readonly Row[] = [
  { test: 'enqueue_1', setting: '1 caller', n: 2_000, quickN: 50, concurrency: 1, peers: ALL },
  { test: 'enqueue_100', setting: '100 callers', n: 20_000, quickN: 500, concurrency: 1, peers: ALL },
  { test: 'enqueue_bulk', setting: 'bulk', n: 50_000, quickN: 1_000, concurrency: 1, peers: ALL },
  { test: 'process', setting: 'concurrency 1', n: 3_000, quickN: 50, concurrency: 1, peers: ALL },
  { test: 'process', setting: 'concurrency 10', n: 20_000, quickN: 200, concurrency: 10, peers: ALL },
  { test: 'process', setting: 'concurrency 100', n: 50_000, quickN: 1_000, concurrency: 100, peers: ALL },
  { test: 'latency', setting: 'idle', n: 400, quickN: 10, concurrency: 10, peers: ALL },
  { test: 'drain', setting: 'concurrency 100', n: 200_000, quickN: 2_000, concurrency: 100, peers: ALL },
];

/** In the order in which a round runs them: the peers side by side at each test. */
export const RIVAL_PLAN: readonly RivalCase[] = ROWS.flatMap(({ peers, ...row }) =>
  peers.map((peer) => ({ peer, ...row })),
);
