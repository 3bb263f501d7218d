import type { SerializedError } from '../errors/kernel-error.ts';
import type { HandleId, Instant, JobId, Position, ScheduleName } from '../runtime/ids.ts';
import type { ScheduleSpec } from '../schedules/schedule.ts';

/** A schedule was made, or changed: from here on it ticks so, in a generation of its own. */
export interface ScheduleSet {
  readonly type: 'schedule.set';
  readonly v: 1;
  readonly schedule: ScheduleName;
  readonly by: HandleId;
  readonly spec: ScheduleSpec;
}

/** A tick was decided, and with it all before it. The job that it submits is in the same frame. */
export interface ScheduleTicked {
  readonly type: 'schedule.ticked';
  readonly v: 1;
  readonly schedule: ScheduleName;
  readonly generation: Position;
  /** The nominal instant. */
  readonly at: Instant;
  readonly job?: JobId;
  /** How many of the ticks that this decides were missed. */
  readonly missed?: number;
  /** There were more than that: they were not counted. */
  readonly uncounted?: true;
  /** Why there is no job. */
  readonly skipped?: 'misfire' | 'overlap';
  /** Why the job was refused. */
  readonly error?: SerializedError;
  /** No tick follows: the schedule is over and gone. */
  readonly ended?: true;
}

/** The schedule waits: the handle that set it has ended, or a tick is due and the code of its kind is not there. */
export interface ScheduleHeld {
  readonly type: 'schedule.held';
  readonly v: 1;
  readonly schedule: ScheduleName;
  readonly error: SerializedError;
}

export interface SchedulePaused {
  readonly type: 'schedule.paused';
  readonly v: 1;
  readonly schedule: ScheduleName;
  readonly by: HandleId;
  readonly reason?: string;
}

export interface ScheduleResumed {
  readonly type: 'schedule.resumed';
  readonly v: 1;
  readonly schedule: ScheduleName;
  readonly by: HandleId;
}

export interface ScheduleRemoved {
  readonly type: 'schedule.removed';
  readonly v: 1;
  readonly schedule: ScheduleName;
  readonly by: HandleId;
}

/** The jobs of past ticks were submitted, as far as they had not been before. They are in the same frame. */
export interface ScheduleBackfilled {
  readonly type: 'schedule.backfilled';
  readonly v: 1;
  readonly schedule: ScheduleName;
  readonly generation: Position;
  readonly by: HandleId;
  readonly from: Instant;
  readonly to: Instant;
  readonly jobs: number;
}

export type ScheduleEvent =
  | ScheduleSet
  | ScheduleTicked
  | ScheduleHeld
  | SchedulePaused
  | ScheduleResumed
  | ScheduleRemoved
  | ScheduleBackfilled;
