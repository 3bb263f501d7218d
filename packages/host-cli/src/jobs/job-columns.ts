import type { JobId, JobView } from '@tksm/abstractions';
import type { Column } from '../terminal/table.ts';
import { isoTime, longSpan, relative } from '../terminal/times.ts';
import { statusPaint } from './status-paint.ts';

/** Columns of a list of jobs. */
export function jobColumns(names: ReadonlyMap<JobId, string>, now: number): readonly Column<JobView>[] {
  return [
    { title: 'ID', text: ({ id }) => names.get(id) ?? id, plain: ({ id }) => id },
    { title: 'NAME', text: ({ spec }) => spec.name ?? '-', shrinks: true },
    { title: 'KIND', text: ({ spec }) => spec.kind, shrinks: true },
    {
      title: 'STATUS',
      text: ({ status }) => status,
      paint: ({ status }, style) => statusPaint(status, style),
    },
    { title: 'TRIES', text: ({ epoch }) => String(epoch), align: 'right' },
    {
      title: 'TOOK',
      text: (job) => tookText(job),
      plain: (job) => String(tookMs(job) ?? ''),
      align: 'right',
    },
    {
      title: 'SUBMITTED',
      text: ({ submittedAt }) => relative(submittedAt, now),
      plain: ({ submittedAt }) => isoTime(submittedAt),
    },
  ];
}

/** From submission to end. */
export function tookMs({ submittedAt, settledAt }: JobView): number | undefined {
  return settledAt === undefined ? undefined : settledAt - submittedAt;
}

function tookText(job: JobView): string {
  const took = tookMs(job);
  return took === undefined ? '-' : longSpan(took);
}
