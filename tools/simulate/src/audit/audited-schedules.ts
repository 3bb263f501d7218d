import type { KernelEvent, ScheduleEvent, ScheduleSpec } from '@tksm/abstractions';
import { mustHold } from './violation.ts';

interface Schedule {
  readonly generation: number;
  readonly spec: ScheduleSpec;
  /** When it was set so. */
  readonly since: number;
  /** The last instant that was decided. */
  last: number;
  paused: boolean;
}

/**
 * The schedules of a zone as its events tell them: one tick for each schedule and instant, in order, none too early, none while
 * it is paused, and those of an interval a whole number of intervals from its anchor.
 */
export class AuditedSchedules {
  readonly #schedules = new Map<string, Schedule>();
  /** Jobs of ticks. */
  readonly #ticks = new Set<string>();

  observe(event: KernelEvent, position: number, time: number): void {
    if (event.type === 'job.submitted' && event.spec.tick !== undefined) {
      const { schedule, at } = event.spec.tick;
      const generation = this.#schedules.get(schedule)?.generation ?? -1;
      const tick = `${schedule} ${generation} ${at}`;
      mustHold('ticks-once', !this.#ticks.has(tick), `job ${event.job} is a second one for ${tick}`);
      this.#ticks.add(tick);
    }
    if (!event.type.startsWith('schedule.')) return;
    this.#follow(event as ScheduleEvent, position, time);
  }

  #follow(event: ScheduleEvent, position: number, time: number): void {
    const name = event.schedule;
    const what = `${event.type} at ${position} for ${name}`;
    const before = this.#schedules.get(name);
    if (event.type === 'schedule.set') {
      const { spec } = event;
      const paused = before?.paused ?? false;
      this.#schedules.set(name, { generation: position, spec, since: time, last: -1, paused });
      return;
    }
    if (before === undefined) return void mustHold('valid-events', false, `${what}, which is not known`);
    if (event.type === 'schedule.ticked') this.#tick(before, event, { what, time });
    else if (event.type === 'schedule.paused') before.paused = true;
    else if (event.type === 'schedule.resumed') before.paused = false;
    if (event.type === 'schedule.removed' || (event.type === 'schedule.ticked' && event.ended === true))
      this.#schedules.delete(name);
  }

  #tick(
    schedule: Schedule,
    { at, generation, job }: Extract<ScheduleEvent, { readonly type: 'schedule.ticked' }>,
    { what, time }: { readonly what: string; readonly time: number },
  ): void {
    const { spec, since, last, paused } = schedule;
    mustHold('ticks-once', generation === schedule.generation, `${what} of generation ${generation}`);
    mustHold('ticks-once', at > last, `${what} for ${at}, after ${last}`);
    mustHold('ticks-on-time', at <= time, `${what} for ${at}, at ${time}`);
    // What is due of a paused generation that is replaced is passed over.
    mustHold('pauses-hold', !paused || job === undefined, `${what} runs ${job ?? ''}, though it is paused`);
    schedule.last = at;
    if (!('everyMs' in spec)) return;
    const { everyMs, anchor = since } = spec;
    mustHold(
      'ticks-on-time',
      (at - anchor) % everyMs === 0,
      `${what} for ${at}, from ${anchor} every ${everyMs}`,
    );
  }
}
