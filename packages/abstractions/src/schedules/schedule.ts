import type { SerializedError } from '../errors/kernel-error.ts';
import type { Command } from '../kernel/command.ts';
import type { HandleId, Instant, JobId, Position, ScheduleName } from '../runtime/ids.ts';
import type { StoredObject } from '../values/value.ts';

/** When a schedule ticks: the nominal instants of its ticks. */
export type ScheduleTiming =
  /** A cron pattern of five to seven fields in an IANA zone; without one in UTC. */
  | { readonly cron: string; readonly zone?: string }
  /** Whenever a whole number of intervals, at least 1,000 ms each, has passed since the anchor; without one since it was set. */
  | { readonly everyMs: number; readonly anchor?: Instant }
  /** Once. */
  | { readonly at: Instant };

/**
 * What becomes of ticks that were missed, because nothing ran the zone or the schedule was paused: none of them runs, one
 * runs for all, or each does. A tick is missed when the next one is due before it was decided, or after a minute.
 */
export type MisfirePolicy = 'skip' | 'once' | 'all';

/** What becomes of a tick while an earlier job of its schedule is open: it runs beside it, is passed over, or waits for it if no other waits. */
export type OverlapPolicy = 'allow' | 'skip' | 'queue-one';

/** How a schedule ticks. Fields that are absent have their default. */
export interface ScheduleRules {
  /** No tick before then. */
  readonly from?: Instant;
  /** No tick after then. */
  readonly until?: Instant;
  /** Ends after so many jobs. Backfilled ones do not count. */
  readonly limit?: number;
  /** Each job starts up to so much later than its tick; a hash of schedule and tick decides. */
  readonly jitterMs?: number;
  /** Default `once`. */
  readonly misfire?: MisfirePolicy;
  /** With `all`: only so many of the missed ticks run, the latest. 1 to 1,000; default 100. */
  readonly misfireLimit?: number;
  /** Default `allow`. */
  readonly overlap?: OverlapPolicy;
}

/** The job of each tick, as it would be submitted. Its id is derived, so it has none of its own. */
export type ScheduledJob<Input = unknown> = Omit<
  Command<Input>,
  'id' | 'dedupKey' | 'dedupWindowMs' | 'debounce' | 'notBefore' | 'deadline' | 'dependsOn'
>;

/** The input of `schedule.set`. */
export type ScheduleOptions = ScheduleTiming &
  ScheduleRules & {
    /** Chosen by the caller: 1 to 128 letters, digits and `_ . : / -`. */
    readonly name: string;
    readonly job: ScheduledJob;
  };

/** What a schedule does and when, as it stands in the log. */
export type ScheduleSpec = ScheduleTiming & ScheduleRules & { readonly job: StoredObject };

/** Which tick a job belongs to. */
export interface TickOf {
  readonly schedule: ScheduleName;
  /** The nominal instant: when it should have run, whenever it does. */
  readonly at: Instant;
}

/** The facts of a schedule: what the log says of it. */
export interface ScheduleRecord {
  readonly name: ScheduleName;
  /** The handle that made it: its jobs are submitted under it. */
  readonly by: HandleId;
  readonly spec: ScheduleSpec;
  /** Position of the event that set it so: another each time it is changed. Ticks are told apart by it. */
  readonly generation: Position;
  /** Earlier generations, newest first; the last 32. */
  readonly earlier?: readonly Position[];
  /** Every tick until then, it included, is decided. */
  readonly decided: Instant;
  /** Jobs that its ticks have submitted. */
  readonly runs: number;
  /** Ticks that were missed. */
  readonly missed: number;
  readonly last?: TickRecord;
  /** It ticks no more until it is resumed. */
  readonly paused?: { readonly since: Instant; readonly by: HandleId; readonly reason?: string };
  /** Why its ticks wait: the handle that set it has ended, or the code of its kind is not there. */
  readonly held?: SerializedError;
}

/** What came of a tick. */
export interface TickRecord {
  readonly at: Instant;
  readonly job?: JobId;
  readonly skipped?: 'misfire' | 'overlap';
  readonly error?: SerializedError;
}

/** Derived from a schedule's facts, never stored. */
export type ScheduleStatus = 'active' | 'paused' | 'held';

/** A schedule as people and programs see it. */
export interface ScheduleView extends ScheduleRecord {
  readonly status: ScheduleStatus;
}

/** Reads of the schedules of a zone. */
export interface ScheduleReader {
  get(name: string): ScheduleView | undefined;
  /** In the order in which they were first set. */
  list(): IterableIterator<ScheduleView>;
}
