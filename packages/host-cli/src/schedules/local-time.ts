import type { Instant, ScheduleSpec } from '@tksm/abstractions';

/** The zone in which a schedule's ticks are shown. */
export function zoneOf(spec: ScheduleSpec): string {
  return 'cron' in spec ? (spec.zone ?? 'UTC') : 'UTC';
}

/** A moment on the clocks of a zone: `2026-03-29 03:00:00 GMT+02:00`. */
export function localTime(at: Instant, zone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'longOffset' },
  })
    .format(at)
    .replace('\u2212', '-');
}
