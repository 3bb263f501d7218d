import type { TestName } from './plan.ts';
import type { Result } from './result.ts';

interface Target {
  readonly test: TestName;
  readonly setting?: string;
  readonly figure: 'ops_per_s' | 'p50_ms' | 'ms' | 'bytes_per_op';
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The figure counts as a multiple of this baseline's. */
  readonly of?: { readonly test: TestName; readonly setting: string };
}

const SINGLE = { test: 'raw_single_flush', setting: 'back to back' } as const;
const IDLE = { test: 'raw_single_flush', setting: 'idle' } as const;

/** Deep queues cost at most 1.3 times as much as shallow ones: each reaches this part of their rate. */
const FLAT_PART = 0.77;
const ALLOWED = { test: 'authority', setting: 'allow all' } as const;
const UNLEASED = { test: 'leases', setting: '0 long leases' } as const;
const SHALLOW = '1k queued';
const FLAT: readonly Target[] = (['submit_at_depth', 'work_at_depth'] as const).flatMap((test) =>
  ['10k queued', '100k queued', '1M queued'].map((setting) => ({
    ...({ test, setting, figure: 'ops_per_s', atLeast: FLAT_PART } as const),
    of: { test, setting: SHALLOW },
  })),
);

/** What the project promises. */
const TARGETS: readonly Target[] = [
  { test: 'enqueue_1', figure: 'ops_per_s', atLeast: 0.7, of: SINGLE },
  { test: 'enqueue_100', figure: 'ops_per_s', atLeast: 50_000 },
  { test: 'process', setting: 'concurrency 100', figure: 'ops_per_s', atLeast: 40_000 },
  { test: 'authority', setting: '1,000 handles, 5 deep', figure: 'ops_per_s', atLeast: 0.9, of: ALLOWED },
  { test: 'accept_token', figure: 'ops_per_s', atLeast: 500_000 },
  { test: 'leases', setting: '1,000 long leases', figure: 'ops_per_s', atLeast: 0.9, of: UNLEASED },
  { test: 'latency', figure: 'p50_ms', atMost: 2, of: IDLE },
  { test: 'replay', figure: 'ops_per_s', atLeast: 500_000 },
  { test: 'recovery', setting: '1M queued, from a snapshot', figure: 'ms', atMost: 5_000 },
  { test: 'memory', figure: 'bytes_per_op', atMost: 1_024 },
  ...FLAT,
  { test: 'digest', figure: 'p50_ms', atMost: 20 },
  { test: 'start', figure: 'p50_ms', atMost: 60 },
  { test: 'help', figure: 'p50_ms', atMost: 100 },
];

/** The baseline that a row is shown beside, whether or not a target is set by it. */
const BASELINES: Readonly<Partial<Record<TestName, NonNullable<Target['of']>>>> = {
  enqueue_1: SINGLE,
  enqueue_100: { test: 'raw_group_commit', setting: 'groups of 100' },
  enqueue_bulk: { test: 'raw_group_commit', setting: 'groups of 100' },
  process: { test: 'raw_group_commit', setting: 'groups of 100' },
  leases: UNLEASED,
  authority: ALLOWED,
  latency: IDLE,
  submit_at_depth: { test: 'submit_at_depth', setting: SHALLOW },
  work_at_depth: { test: 'work_at_depth', setting: SHALLOW },
};

export interface Verdict {
  /** The row's figure over its baseline's. */
  readonly ratio?: number;
  readonly target?: string;
  readonly met?: boolean;
}

/** How a result stands to its baseline and target. Without the baseline in this run, neither is known. */
export function judge(result: Result, all: readonly Result[]): Verdict {
  const target = TARGETS.find(
    ({ test, setting = result.setting }) => test === result.test && setting === result.setting,
  );
  const figure = target?.figure ?? 'ops_per_s';
  const value = result.figures[figure];
  const wanted = BASELINES[result.test];
  const found = all.find(({ test, setting }) => test === wanted?.test && setting === wanted.setting);
  const baseline = found?.figures[figure];
  const ratio = value === undefined || baseline === undefined ? undefined : value / baseline;
  const judged = target?.of === undefined ? value : ratio;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = target ?? {};
  return {
    ...(ratio !== undefined && { ratio }),
    ...(target !== undefined && { target: textOf(target) }),
    ...(target !== undefined && judged !== undefined && { met: judged >= atLeast && judged <= atMost }),
  };
}

const UNITS = { ops_per_s: '/s', p50_ms: 'ms', ms: 'ms', bytes_per_op: 'B/job' } as const;

function textOf({ figure, atLeast, atMost = 0, of }: Target): string {
  const bound =
    atLeast === undefined ? `≤ ${atMost.toLocaleString('en')}` : `≥ ${atLeast.toLocaleString('en')}`;
  if (of !== undefined) return `${bound} × ${of.test} (${of.setting})`;
  return `${bound} ${UNITS[figure]}`;
}
