import { throughput } from '@tksm/observability';
import type { JobCounts, KindFigures, Throughput } from '@tksm/observability';
import type { Output } from '../terminal/output.ts';
import { printTable } from '../terminal/table.ts';
import type { Column } from '../terminal/table.ts';
import { grouped, isoTime, longSpan } from '../terminal/times.ts';
import { shownProjection } from './shown-projection.ts';

/** Buckets that are drawn, the newest; `--json` has all. */
const SHOWN_BUCKETS = 30;
const BAR_WIDTH = 30;

type Bucket = Throughput['time']['buckets'][number];

export const shownThroughput = shownProjection(throughput, {
  summary: 'jobs by kind, how long they waited and ran, and how many over time',
  document: ({ kinds, time, open }) => ({ kinds, time, unfinished: Object.keys(open).length }),
  print,
});

function print({ kinds, time }: Throughput, output: Output): void {
  if (kinds.length === 0) output.notice('there are no jobs yet');
  printTable(output, KIND_COLUMNS, kinds);
  const { buckets, widthMs } = time;
  if (output.settings.plain || buckets.length === 0) return;
  const shown = buckets.slice(-SHOWN_BUCKETS);
  output.line('');
  output.line(output.style.dim(`every ${longSpan(widthMs)} in which something happened, UTC`));
  printTable(output, timeColumns(shown, widthMs), shown);
  if (shown.length < buckets.length)
    output.notice(`the last ${shown.length} of ${buckets.length}; --json has all`);
}

const KIND_COLUMNS: readonly Column<KindFigures>[] = [
  { title: 'KIND', text: ({ kind }) => kind, shrinks: true },
  count('SUBMITTED', ({ submitted }) => submitted),
  count('SUCCEEDED', ({ succeeded }) => succeeded),
  count('FAILED', ({ failed }) => failed),
  count('CANCELLED', ({ cancelled }) => cancelled),
  count('ATTEMPTS', ({ attempts }) => attempts),
  count('RETRIES', ({ retries }) => retries),
  span('WAITED', ({ waitedMs, attempts }) => waitedMs / Math.max(1, attempts)),
  span('RAN', ({ ranMs, attempts }) => ranMs / Math.max(1, attempts)),
];

function timeColumns(shown: readonly Bucket[], widthMs: number): readonly Column<Bucket>[] {
  const most = Math.max(1, ...shown.map(({ figures }) => ended(figures)));
  return [
    { title: 'FROM', text: ({ at }) => isoTime(at).slice(0, 19).replace('T', ' ') },
    count('SUBMITTED', ({ figures }) => figures.submitted),
    count('ENDED', ({ figures }) => ended(figures)),
    count('FAILED', ({ figures }) => figures.failed),
    {
      title: 'ENDED/S',
      text: ({ figures }) => (ended(figures) / (widthMs / 1_000)).toFixed(2),
      align: 'right',
    },
    { title: '', text: ({ figures }) => '█'.repeat(Math.ceil((ended(figures) / most) * BAR_WIDTH)) },
  ];
}

function ended({ succeeded, failed, cancelled }: JobCounts): number {
  return succeeded + failed + cancelled;
}

function count<Row>(title: string, value: (row: Row) => number): Column<Row> {
  return { title, text: (row) => grouped(value(row)), plain: (row) => String(value(row)), align: 'right' };
}

/** An average over attempts. */
function span<Row>(title: string, ms: (row: Row) => number): Column<Row> {
  return { title, text: (row) => longSpan(ms(row)), plain: (row) => ms(row).toFixed(3), align: 'right' };
}
