import type { ScheduleEvent, ScheduleSpec, ScheduleTicked } from '@tksm/abstractions';
import { durationText } from '../program/duration.ts';
import { isoTime } from '../terminal/times.ts';

/** What an event of a schedule says, in a few words. */
export function scheduleWords(event: ScheduleEvent): string {
  return `${event.schedule} ${factOf(event)}`.trimEnd();
}

/** When a schedule ticks: `0 2 * * * Europe/Berlin`, `every 15m`, `at 2026-11-21T06:00:00.000Z`. */
export function timingWords(spec: ScheduleSpec): string {
  if ('cron' in spec) return `${spec.cron} ${spec.zone ?? 'UTC'}`;
  return 'at' in spec ? `at ${isoTime(spec.at)}` : `every ${durationText(spec.everyMs)}`;
}

function factOf(event: ScheduleEvent): string {
  switch (event.type) {
    case 'schedule.set':
      return timingWords(event.spec);
    case 'schedule.ticked':
      return tickWords(event);
    case 'schedule.held':
      return `${event.error.code}: ${event.error.message}`;
    case 'schedule.paused':
      return event.reason ?? '';
    case 'schedule.backfilled':
      return `${event.jobs} jobs from ${isoTime(event.from)} to ${isoTime(event.to)}`;
    case 'schedule.resumed':
    case 'schedule.removed':
      return '';
  }
}

function tickWords({ at, missed, uncounted, skipped, error, ended }: ScheduleTicked): string {
  const parts = [
    isoTime(at),
    missed === undefined ? '' : `${missed}${uncounted === true ? ' or more' : ''} missed`,
    skipped === undefined ? '' : `no job: ${skipped}`,
    error === undefined ? '' : `no job: ${error.code}: ${error.message}`,
    ended === true ? 'the last' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
