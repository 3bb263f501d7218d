import type { Instant, KernelEvent, ScheduleName, ScheduleRecord } from '@tksm/abstractions';
import type { Batch } from '../log/batch.ts';
import type { Alarms } from '../scheduler/alarms.ts';
import { decideTicks, TICK_GRACE_MS } from './decide-ticks.ts';
import { timesOf } from './tick-times.ts';
import { TickJobs } from './tick-jobs.ts';
import type { TickJobsHome } from './tick-jobs.ts';

/** Schedules that are decided in one turn of the event loop; the others follow in the next. */
const MAX_IN_A_TURN = 1_000;
/** A grace within which nothing is on time. */
const NEVER_ON_TIME = -1;

/** What the ticker needs of the session around it. */
export interface TickerHome extends TickJobsHome {
  readonly alarms: Alarms;
  /** Whether jobs are taken and run here. */
  isOpen(): boolean;
}

/**
 * Lets schedules tick, with one entry among the alarms for the next tick of each. Guarantees:
 *
 * 1. A tick and its job are in one frame: there is never one without the other, whenever the process dies.
 * 2. Ticks are decided in order, up to the frame's time: none is left out, none is decided twice, whatever clocks do.
 * 3. What cannot be submitted has a recorded outcome, and the schedule goes on.
 * 4. A schedule whose handle has ended stands still, and says so once.
 */
export class Ticker {
  readonly jobs: TickJobs;
  readonly #home: TickerHome;
  /** The entry among the alarms that counts for each schedule. */
  readonly #armed = new Map<string, Instant>();
  #isOpen = false;
  /** The ring of the timer that goes on, and how many more schedules it may decide. */
  #ringing: Instant = 0;
  #left = 0;

  constructor(home: TickerHome) {
    this.#home = home;
    this.jobs = new TickJobs(home);
    home.alarms.on('tick', (name, now) => {
      this.#ring(name, now);
    });
    home.engine.agenda.due.judge(['tick'], ({ id, at }) => this.#armed.get(id) === at);
  }

  /** Ticks from now on: for the first time, what came due while nothing ran the zone. */
  open(): void {
    if (this.#isOpen || !this.#home.isOpen()) return;
    this.#isOpen = true;
    for (const schedule of this.#home.engine.state.schedules.values()) this.#arm(schedule);
  }

  /** Takes in what became durable. */
  published({ events }: Batch): void {
    if (!this.#isOpen) return;
    let changed = false;
    for (const event of events) {
      if (!event.type.startsWith('schedule.') || !('schedule' in event)) continue;
      const schedule = this.#home.engine.state.schedules.get(event.schedule);
      if (schedule === undefined || event.type === 'schedule.held') this.#armed.delete(event.schedule);
      else changed = this.#arm(schedule) || changed;
    }
    if (!changed) return;
    this.#home.engine.agenda.due.prune();
    this.#home.engine.settle();
  }

  /** What holds the schedules whose handles have ended. */
  *holds(): Generator<() => KernelEvent | undefined> {
    for (const schedule of this.#home.engine.state.schedules.values())
      if (!this.jobs.isAllowed(schedule)) yield () => this.#held(schedule.name);
  }

  /** That a schedule stands still, if it does and that is not told. */
  #held(name: ScheduleName): KernelEvent | undefined {
    const schedule = this.#home.engine.state.schedules.get(name);
    const error = schedule && this.jobs.obstacle(schedule);
    if (error === undefined || error.message === schedule?.held?.message) return undefined;
    return { type: 'schedule.held', v: 1, schedule: name, error };
  }

  /** The events of the ticks that came due while a schedule was paused. They wait while something holds it. */
  missedBy(schedule: ScheduleRecord): readonly KernelEvent[] {
    return this.jobs.obstacle(schedule) === undefined ? [...this.#due(schedule, NEVER_ON_TIME)].flat() : [];
  }

  /** The events of the ticks that are due before a generation ends. While it is paused, or not allowed, none of them runs. */
  close(schedule: ScheduleRecord): readonly KernelEvent[] {
    const { paused, spec } = schedule;
    const mayRun = paused === undefined && this.jobs.isAllowed(schedule);
    const closing = mayRun ? schedule : { ...schedule, spec: { ...spec, misfire: 'skip' as const } };
    return [...this.#due(closing, mayRun ? TICK_GRACE_MS : NEVER_ON_TIME)].flat();
  }

  /** The events of every tick of a schedule that is due, a list for each. */
  #due(schedule: ScheduleRecord, graceMs: number): Generator<KernelEvent[]> {
    const { engine } = this.#home;
    return decideTicks(schedule, {
      now: engine.now,
      graceMs,
      open: engine.agenda.ticks.of(schedule.name),
      job: (at, after) => this.jobs.job(schedule, at, after),
    });
  }

  #ring(name: string, now: Instant): void {
    const { engine, isOpen } = this.#home;
    const schedule = engine.state.schedules.get(name as ScheduleName);
    if ((this.#armed.get(name) ?? Number.POSITIVE_INFINITY) > engine.now) return;
    this.#armed.delete(name);
    if (schedule === undefined || schedule.paused !== undefined || !isOpen()) return;
    if (now !== this.#ringing) [this.#ringing, this.#left] = [now, MAX_IN_A_TURN];
    if (this.#left-- <= 0) {
      this.#armAt(schedule.name, now + 1);
      return;
    }
    if (this.jobs.obstacle(schedule) === undefined) {
      for (const events of this.#due(schedule, TICK_GRACE_MS)) engine.commit(events);
      return;
    }
    const held = this.#held(schedule.name);
    if (held !== undefined) engine.commit([held]);
  }

  /** Whether there is a new entry among the alarms. */
  #arm(schedule: ScheduleRecord): boolean {
    const { name, spec, decided, paused } = schedule;
    const mayTick = paused === undefined && this.jobs.isAllowed(schedule);
    const next = mayTick ? timesOf(spec).next(decided) : undefined;
    if (next === undefined) {
      this.#armed.delete(name);
      return false;
    }
    if (this.#armed.get(name) === next) return false;
    this.#armAt(name, next);
    return true;
  }

  #armAt(name: ScheduleName, at: Instant): void {
    this.#armed.set(name, at);
    this.#home.alarms.push({ at, id: name, what: 'tick' });
  }
}
