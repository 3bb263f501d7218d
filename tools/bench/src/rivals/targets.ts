import { valueOf } from './measures.ts';
import type { PeerName } from './peers.ts';
import type { RivalResult } from './result.ts';
import type { RivalTestName } from './tests.ts';

interface Row {
  readonly peer: PeerName;
  readonly test: RivalTestName;
  readonly setting: string;
}

interface Target {
  readonly row: Omit<Row, 'peer'>;
  /** Default: what the test is about. */
  readonly figure?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The figure counts as a multiple of this row's. */
  readonly of?: Row;
}

const HUNDRED = { test: 'process', setting: 'concurrency 100' } as const;
const CALLERS = { test: 'enqueue_100', setting: '100 callers' } as const;
const BULK = { test: 'enqueue_bulk', setting: 'bulk' } as const;
const GROUPS = { peer: 'raw', test: 'raw_group_commit', setting: 'groups of 100' } as const;
const FLUSH = { peer: 'raw', test: 'raw_single_flush', setting: 'idle' } as const;

/** What the project promises beside its rivals. */
const TARGETS: readonly Target[] = [
  { row: HUNDRED, atLeast: 6, of: { peer: 'bullmq-always', ...HUNDRED } },
  { row: HUNDRED, atLeast: 1, of: { peer: 'graphile-batched', ...HUNDRED } },
  { row: CALLERS, atLeast: 3, of: { peer: 'bullmq-always', ...CALLERS } },
  { row: CALLERS, atLeast: 0.25, of: GROUPS },
  { row: BULK, atLeast: 1, of: { peer: 'plainjob-full', ...BULK } },
  { row: { test: 'latency', setting: 'idle' }, atMost: 1.5, of: FLUSH },
  { row: { test: 'noisy_neighbour', setting: '90 % skew' }, atMost: 1.5 },
  { row: { test: 'noisy_neighbour', setting: '90 % skew, after a restart' }, atMost: 1.5 },
  { row: { test: 'sigkill', setting: 'defaults' }, figure: 'duplicates', atMost: 0 },
];

export interface RivalVerdict {
  readonly what: string;
  readonly wanted: string;
  readonly value: number;
  readonly met: boolean;
}

/** How ours stands to each target; those without their rows in this run are left out. */
export function judgeRivals(results: readonly RivalResult[]): readonly RivalVerdict[] {
  const find = (row: Row): RivalResult | undefined =>
    results.find(
      ({ peer, test, setting }) => peer === row.peer && test === row.test && setting === row.setting,
    );
  const value = (row: Row, figure?: string): number | undefined => {
    const found = find(row);
    if (found === undefined) return undefined;
    return figure === undefined ? valueOf(found) : found.figures[figure];
  };
  return TARGETS.flatMap(({ row, figure, atLeast, atMost, of }) => {
    const ours = value({ peer: 'tksm', ...row }, figure);
    const base = of === undefined ? 1 : value(of);
    if (ours === undefined || base === undefined) return [];
    const judged = ours / base;
    const bound = atLeast === undefined ? `≤ ${atMost ?? 0}` : `≥ ${atLeast}`;
    return {
      what: `${row.test} (${row.setting})${figure === undefined ? '' : ` ${figure}`}`,
      wanted:
        of === undefined ? bound : `${bound} × ${of.peer} ${of.test === row.test ? '' : of.test}`.trim(),
      value: judged,
      met: judged >= (atLeast ?? Number.NEGATIVE_INFINITY) && judged <= (atMost ?? Number.POSITIVE_INFINITY),
    };
  });
}
