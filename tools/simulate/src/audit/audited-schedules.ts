import type { KernelEvent, ScheduleEvent, ScheduleSpec } from '@tksm/abstractions';
import { LATEST_ALARM_MS } from './readiness.ts';
import { checkCount, gridOf } from './tick-counts.ts';
import type { Grid } from './tick-counts.ts';
import { mustHold } from './violation.ts';

interface Schedule {
  readonly generation: number;
  readonly spec: ScheduleSpec;
  /** Its instants, where they lie at whole intervals. */
  readonly grid: Grid | undefined;
  /** Every instant until then is decided. */
  last: number;
  paused: boolean;
  resumedAt: number | undefined;
}

/**
 * The schedules of a zone as its events tell them: one tick for each schedule and instant, in order, none too early, none while
 * it is paused; of those at whole intervals each is decided, and counted as missed or not, and the misfire policy decides which run.
 */
export class AuditedSchedules {
  readonly #schedules = new Map<string, Schedule>();
  /** Jobs of ticks. */
  readonly #ticks = new Set<string>();

  /** Whether any is there that is not paused. */
  get isTicking(): boolean {
    return [...this.#schedules.values()].some(({ paused }) => !paused);
  }

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

  /** Whatever was due long before a frame of the past is decided. */
  checkNoneIsLost(time: number): void {
    for (const [name, { grid, last, paused }] of this.#schedules) {
      if (grid === undefined || paused) continue;
      const isDecided = last + grid.everyMs + LATEST_ALARM_MS > time;
      mustHold('ticks-are-decided', isDecided, `${name} is decided until ${last}, at ${time}`);
    }
  }

  #follow(event: ScheduleEvent, position: number, time: number): void {
    const name = event.schedule;
    const what = `${event.type} at ${position} for ${name}`;
    const before = this.#schedules.get(name);
    if (event.type === 'schedule.set') {
      const { spec } = event;
      const paused = before?.paused ?? false;
      const since = { generation: position, last: time, paused, resumedAt: undefined };
      this.#schedules.set(name, { ...since, spec, grid: gridOf(spec, time) });
      return;
    }
    if (before === undefined) return void mustHold('valid-events', false, `${what}, which is not known`);
    if (event.type === 'schedule.ticked') this.#tick(before, event, { what, time });
    else if (event.type === 'schedule.paused') before.paused = true;
    else if (event.type === 'schedule.resumed') Object.assign(before, { paused: false, resumedAt: time });
    if (event.type === 'schedule.removed' || (event.type === 'schedule.ticked' && event.ended === true))
      this.#schedules.delete(name);
  }

  #tick(
    schedule: Schedule,
    event: Extract<ScheduleEvent, { readonly type: 'schedule.ticked' }>,
    { what, time }: { readonly what: string; readonly time: number },
  ): void {
    const { spec, last, paused, resumedAt, grid } = schedule;
    const { at, generation, job } = event;
    mustHold('ticks-once', generation === schedule.generation, `${what} of generation ${generation}`);
    mustHold('ticks-once', at > last, `${what} for ${at}, after ${last}`);
    mustHold('ticks-on-time', at <= time, `${what} for ${at}, at ${time}`);
    // What is due of a paused generation that is replaced is passed over.
    mustHold('pauses-hold', !paused || job === undefined, `${what} runs ${job ?? ''}, though it is paused`);
    schedule.last = at;
    if (grid === undefined) return;
    checkCount(event, spec.misfire ?? 'once', {
      ...{ grid, last, what, time },
      wasPaused: paused || resumedAt === time,
    });
  }
}
