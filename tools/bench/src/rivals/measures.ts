import type { Figures } from '../bench-test.ts';
import type { RivalTestName } from './tests.ts';

/** What a test is about: the figure that peers are compared by. */
export interface Measure {
  readonly title: string;
  readonly figure: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
}

const RATE = { figure: 'ops_per_s', unit: '/s', better: 'more' } as const;
const PICKUP = { figure: 'p50_ms', unit: 'ms', better: 'less' } as const;

export const MEASURES: Readonly<Record<RivalTestName, Measure>> = {
  raw_group_commit: { title: 'Raw group commit', ...RATE },
  raw_single_flush: { title: 'Raw single flush', ...PICKUP },
  enqueue_1: { title: 'Enqueue', ...RATE },
  enqueue_100: { title: 'Enqueue', ...RATE },
  enqueue_bulk: { title: 'Enqueue', ...RATE },
  process: { title: 'Process', ...RATE },
  drain: { title: 'Drain 200k jobs', ...RATE },
  latency: { title: 'Pickup p50', ...PICKUP },
  open_loop: { title: 'Pickup p50, open loop', ...PICKUP },
  noisy_neighbour: {
    title: 'Noisy neighbour: p95',
    figure: 'p95_ratio',
    unit: '× alone',
    better: 'less',
  },
  sigkill: { title: 'Recovery after SIGKILL', figure: 'recovery_ms', unit: 'ms', better: 'less' },
  idle: { title: 'CPU at rest', figure: 'cpu_ms_per_min', unit: 'ms/min', better: 'less' },
};

/** Figures that are told beside: how they are called in a table. */
const ALSO: Readonly<Partial<Record<RivalTestName, Readonly<Record<string, string>>>>> = {
  noisy_neighbour: { p95_ms: 'p95', p95_alone_ms: 'alone' },
  open_loop: { missed: 'missed' },
  sigkill: { duplicates: 'duplicates', repeated: 'repeated', unfinished: 'unfinished' },
  idle: {
    wakeups_per_min: 'wake-ups',
    io_calls_per_min: 'reads and writes',
    flushes_per_min: 'flushes',
    queries_per_min: 'queries',
  },
};

/** Such as `duplicates 0, repeated 3`. */
export function alsoOf(test: RivalTestName, figures: Figures): string {
  return Object.entries(ALSO[test] ?? {})
    .filter(([figure]) => figures[figure] !== undefined)
    .map(([figure, word]) => `${word} ${Math.round((figures[figure] ?? 0) * 10) / 10}`)
    .join(', ');
}

/** What is looked at of a result. */
interface Measurable {
  readonly test: RivalTestName;
  readonly figures: Figures;
}

/** The figure of a result that its test is about. */
export function valueOf({ test, figures }: Measurable): number | undefined {
  return figures[MEASURES[test].figure];
}

/** Such as `12,345 /s`, `1.25 ms`, or `> 75,000 ms` when it was given up. Empty without a figure. */
export function valueText(result: Measurable): string {
  const value = valueOf(result);
  if (value === undefined) return '';
  const shown =
    value >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));
  const givenUp = result.test === 'sigkill' && (result.figures['unfinished'] ?? 0) > 0;
  return `${givenUp ? '> ' : ''}${shown} ${MEASURES[result.test].unit}`;
}
