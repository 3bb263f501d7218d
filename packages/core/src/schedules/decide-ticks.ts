import type {
  Instant,
  JobId,
  KernelEvent,
  ScheduleRecord,
  ScheduleTicked,
  SerializedError,
} from '@tksm/abstractions';
import { dueTicks } from './due-ticks.ts';
import { timesOf } from './tick-times.ts';

/** A tick that is decided later than this is missed, even when no other has come due. */
export const TICK_GRACE_MS = 60_000;
/** Missed ticks that run with `misfire: all` where the schedule does not say. */
export const DEFAULT_MISFIRE_LIMIT = 100;

/** The events that submit the job of a tick, or why it cannot be. */
export type TickJob =
  { readonly id: JobId; readonly events: readonly KernelEvent[] } | { readonly error: SerializedError };

export interface TickDecisions {
  readonly now: Instant;
  /** How late the latest tick may be and still count as on time. */
  readonly graceMs: number;
  /** Open jobs of the schedule. */
  readonly open: Iterable<JobId>;
  /** The job of a tick, which waits for others. */
  job(at: Instant, after: readonly JobId[]): TickJob;
}

/**
 * Decides every tick of a schedule that is due. Each list of events belongs into one frame: a tick and the job that it
 * submits. A list may be recorded before the next is asked for.
 */
export function* decideTicks(schedule: ScheduleRecord, decisions: TickDecisions): Generator<KernelEvent[]> {
  const { spec, decided } = schedule;
  const { now, graceMs } = decisions;
  const { misfire = 'once', misfireLimit = DEFAULT_MISFIRE_LIMIT } = spec;
  const times = timesOf(spec);
  // Besides those that may run: one on time, and the last of those that may not.
  const due = dueTicks(times, decided, now, (misfire === 'all' ? misfireLimit : 0) + 2);
  const last = due.latest.at(-1);
  if (last === undefined) return;
  const isPunctual = now - last <= graceMs;
  const missed = isPunctual ? due.latest.slice(0, -1) : due.latest;
  const count = due.count - (isPunctual ? 1 : 0);
  const uncounted = due.uncounted && { uncounted: true as const };
  const ticks = new Ticks(schedule, decisions, (at) => times.next(at) === undefined);
  if (misfire === 'once') {
    yield ticks.run(last, count > 0 ? { missed: count, ...uncounted } : {});
    return;
  }
  const late = misfire === 'all' ? missed.slice(-misfireLimit) : [];
  const dropped = missed.at(-late.length - 1);
  if (dropped !== undefined) yield ticks.skip(dropped, { missed: count - late.length, ...uncounted });
  for (const at of late) if (!ticks.ended) yield ticks.run(at, { missed: 1 });
  if (isPunctual && !ticks.ended) yield ticks.run(last, {});
}

type Missed = Pick<ScheduleTicked, 'missed' | 'uncounted'>;

/** The decisions of one schedule as they are made: each sees the jobs of those before it. */
class Ticks {
  readonly #schedule: ScheduleRecord;
  readonly #decisions: TickDecisions;
  readonly #isLast: (at: Instant) => boolean;
  readonly #open: JobId[];
  #runs: number;
  #ended = false;

  constructor(schedule: ScheduleRecord, decisions: TickDecisions, isLast: (at: Instant) => boolean) {
    this.#schedule = schedule;
    this.#decisions = decisions;
    this.#isLast = isLast;
    this.#open = [...decisions.open];
    this.#runs = schedule.runs;
  }

  get ended(): boolean {
    return this.#ended;
  }

  skip(at: Instant, missed: Missed): KernelEvent[] {
    return this.#decide(at, { ...missed, skipped: 'misfire' });
  }

  run(at: Instant, missed: Missed): KernelEvent[] {
    const after = this.#waitsFor();
    if (after === undefined) return this.#decide(at, { ...missed, skipped: 'overlap' });
    const job = this.#decisions.job(at, after);
    if ('error' in job) return this.#decide(at, { ...missed, error: job.error });
    this.#runs += 1;
    this.#open.push(job.id);
    return this.#decide(at, { ...missed, job: job.id }, job.events);
  }

  /** The jobs that the next one waits for; undefined when there is no room for it. */
  #waitsFor(): readonly JobId[] | undefined {
    const { overlap = 'allow' } = this.#schedule.spec;
    const open = this.#open;
    if (overlap === 'allow' || open.length === 0) return [];
    return overlap === 'queue-one' && open.length === 1 ? [...open] : undefined;
  }

  #decide(at: Instant, what: Partial<ScheduleTicked>, submitted: readonly KernelEvent[] = []): KernelEvent[] {
    const { name, generation, spec } = this.#schedule;
    this.#ended = this.#runs >= (spec.limit ?? Number.POSITIVE_INFINITY) || this.#isLast(at);
    const tick: ScheduleTicked = {
      ...{ type: 'schedule.ticked', v: 1, schedule: name, generation, at },
      ...what,
      ...(this.#ended && { ended: true }),
    };
    return [tick, ...submitted];
  }
}
