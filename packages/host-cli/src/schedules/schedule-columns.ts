import type { ScheduleView, TickRecord } from '@tksm/abstractions';
import type { Paint, Style } from '../terminal/style.ts';
import type { Column } from '../terminal/table.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { timingWords } from './schedule-words.ts';

/** A schedule, with its next tick. */
export interface ListedSchedule extends ScheduleView {
  readonly next: number | undefined;
}

export function scheduleColumns(now: number): readonly Column<ListedSchedule>[] {
  const plainTime = (at: number | undefined): string => (at === undefined ? '' : isoTime(at));
  return [
    { title: 'NAME', text: ({ name }) => name, shrinks: true },
    { title: 'STATUS', text: statusText, paint: statusPaint },
    { title: 'WHEN', text: ({ spec }) => timingWords(spec), shrinks: true },
    { title: 'KIND', text: ({ spec }) => kindOf(spec.job) },
    {
      title: 'NEXT',
      text: ({ next }) => (next === undefined ? '' : relative(next, now)),
      plain: ({ next }) => plainTime(next),
    },
    {
      title: 'LAST',
      text: ({ last }) => (last === undefined ? '' : `${relative(last.at, now)}${came(last)}`),
      plain: ({ last }) => plainTime(last?.at),
      paint: ({ last }, style) => (last?.error === undefined ? undefined : style.red),
    },
    { title: 'RUNS', text: ({ runs }) => String(runs), align: 'right' },
    { title: 'MISSED', text: ({ missed }) => String(missed), align: 'right' },
  ];
}

function kindOf({ kind }: ScheduleView['spec']['job']): string {
  return typeof kind === 'string' ? kind : '';
}

function came({ skipped, error }: TickRecord): string {
  const why = error?.code ?? skipped;
  return why === undefined ? '' : `: ${why}`;
}

function statusText({ status, held }: ScheduleView): string {
  return status === 'held' && held !== undefined ? `held: ${held.code}` : status;
}

function statusPaint({ status }: ListedSchedule, style: Style): Paint | undefined {
  return { active: style.green, paused: style.dim, held: style.yellow }[status];
}
