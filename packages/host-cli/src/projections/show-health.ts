import type { HealthStatus } from '@tksm/abstractions';
import { healthTimeline } from '@tksm/observability';
import type { HealthChange, HealthTimeline } from '@tksm/observability';
import type { Output } from '../terminal/output.ts';
import type { Paint, Style } from '../terminal/style.ts';
import { printTable } from '../terminal/table.ts';
import { isoTime, longSpan } from '../terminal/times.ts';
import { shownProjection } from './shown-projection.ts';

export const shownHealth = shownProjection(healthTimeline, {
  summary: 'when the zone ran, stopped or died, and when jobs were held',
  document: ({ stage, since, epoch, deaths, changes, omitted, held }) => ({
    ...{ stage, since, epoch, deaths, held: Object.keys(held), changes, omitted },
  }),
  print,
});

function print({ changes, omitted, deaths }: HealthTimeline, output: Output, now: number): void {
  const until = new Map(changes.map((change, index) => [change, changes[index + 1]?.at ?? now]));
  printTable<HealthChange>(
    output,
    [
      { title: 'SINCE', text: ({ at }) => isoTime(at) },
      { title: 'POSITION', text: ({ position }) => String(position), align: 'right' },
      {
        title: 'STATUS',
        text: ({ status }) => status,
        paint: ({ status }, style) => healthPaint(status, style),
      },
      {
        title: 'LASTED',
        text: (change) => longSpan((until.get(change) ?? now) - change.at),
        plain: (change) => String((until.get(change) ?? now) - change.at),
        align: 'right',
      },
      { title: 'WHY', text: ({ why }) => why },
    ],
    changes,
  );
  if (omitted > 0) output.notice(`${omitted} earlier changes are left out`);
  if (deaths > 0) output.notice(`its kernel died, or lost its log, ${deaths} times`);
}

/** The colour of a health: the same everywhere. */
export function healthPaint(status: HealthStatus, style: Style): Paint {
  return { ok: style.green, degraded: style.yellow, failing: style.red }[status];
}
