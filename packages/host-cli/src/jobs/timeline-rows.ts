import type { Instant } from '@tksm/abstractions';
import type { TimelineSpan } from '@tksm/observability';
import type { Column } from '../terminal/table.ts';
import { filterText } from './wait-text.ts';
import type { Paint, Style } from '../terminal/style.ts';
import { isoTime, longSpan } from '../terminal/times.ts';

/** A line of a timeline: a span, or a step of a run. */
export interface TimelineRow {
  readonly from: Instant;
  readonly to: Instant;
  readonly what: string;
  readonly detail: string;
  readonly glyph: string;
  readonly look: 'good' | 'bad' | 'busy' | 'idle' | 'odd';
}

/** Characters of the drawing. */
const DRAWING_WIDTH = 40;

/** The spans as lines, each run followed by its steps. */
export function timelineRows(spans: readonly TimelineSpan[]): TimelineRow[] {
  return spans.flatMap((span) => [rowOf(span), ...stepRows(span), ...messageRows(span)]);
}

export function timelineColumns(rows: readonly TimelineRow[]): readonly Column<TimelineRow>[] {
  const start = Math.min(...rows.map(({ from }) => from));
  const end = Math.max(...rows.map(({ to }) => to));
  const paint = ({ look }: TimelineRow, style: Style): Paint =>
    ({ good: style.green, bad: style.red, busy: style.cyan, idle: style.dim, odd: style.yellow })[look];
  return [
    {
      title: 'START',
      text: ({ from }) => `+${longSpan(from - start)}`,
      plain: ({ from }) => isoTime(from),
      align: 'right',
    },
    {
      title: 'TOOK',
      text: ({ from, to }) => longSpan(to - from),
      plain: ({ from, to }) => String(to - from),
      align: 'right',
    },
    { title: 'WHAT', text: ({ what }) => what, paint },
    { title: 'TIMELINE', text: (row) => bar(row, start, end), plain: () => '', paint },
    { title: 'DETAIL', text: ({ detail }) => detail, shrinks: true },
  ];
}

/** Where a row lies between start and end, at least one character wide. */
function bar({ from, to, glyph }: TimelineRow, start: Instant, end: Instant): string {
  const scale = DRAWING_WIDTH / Math.max(1, end - start);
  const at = Math.min(DRAWING_WIDTH - 1, Math.floor((from - start) * scale));
  const width = Math.max(1, Math.min(DRAWING_WIDTH, Math.round((to - start) * scale)) - at);
  return ' '.repeat(at) + glyph.repeat(width);
}

function rowOf(span: TimelineSpan): TimelineRow {
  const { kind, from, to = from, lease, end, error } = span;
  const why = error === undefined ? waitText(span) : `${error.code}: ${error.message}`;
  if (kind !== 'running') {
    const look = kind === 'held' ? 'odd' : 'idle';
    return { from, to, what: kind, detail: why, glyph: '░', look };
  }
  const ended = end ?? 'still runs';
  const isFine = end === 'succeeded' || end === 'returned' || end === 'suspended';
  const look = isFine ? 'good' : end === undefined ? 'busy' : LOOK[end];
  const detail = [`${ended}, on ${lease?.worker ?? '?'}`, why].filter((part) => part !== '').join('; ');
  return { from, to, what: `attempt ${lease?.epoch ?? '?'}`, detail, glyph: '█', look };
}

const LOOK = { failed: 'bad', cancelled: 'odd', interrupted: 'odd', held: 'odd' } as const;

function waitText({ wait }: TimelineSpan): string {
  if (wait === undefined) return '';
  const { step, until, message } = wait;
  const ends = until === undefined ? '' : `, until ${isoTime(until)}`;
  return `${step}${message === undefined ? '' : `: ${filterText(message)}`}${ends}`;
}

function messageRows({ messages = [] }: TimelineSpan): TimelineRow[] {
  return messages.map((message) => ({
    ...{ from: message.at, to: message.at, what: '  message' },
    ...{ detail: filterText(message), glyph: '▪', look: 'busy' as const },
  }));
}

function stepRows({ from, steps = [] }: TimelineSpan): TimelineRow[] {
  return steps.map(({ name, at }, index) => ({
    ...{ from: steps[index - 1]?.at ?? from, to: at },
    ...{ what: `  step ${name}`, detail: '', glyph: '▪', look: 'idle' as const },
  }));
}
