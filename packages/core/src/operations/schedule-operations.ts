import { canonicalJson, KernelError, scheduleName } from '@tksm/abstractions';
import type {
  Command,
  Instant,
  KernelEvent,
  ScheduleRecord,
  ScheduleSpec,
  StoredObject,
  StoredValue,
  Value,
} from '@tksm/abstractions';
import { checkTicks, scheduleSpec } from '../schedules/schedule-spec.ts';
import { ticksWithin, timesOf } from '../schedules/tick-times.ts';
import { mostFor } from '../authority/derivation.ts';
import { objectInput, textField } from './operation.ts';
import type { KernelOperation, OperationResult, OperationScope } from './operation.ts';
import { asksFor } from './asks.ts';

/** Schedules of a zone. */
const MAX_SCHEDULES = 100_000;
/** Ticks of one backfill. */
const MAX_BACKFILL = 1_000;

export const scheduleSet: KernelOperation = {
  name: 'schedule.set',
  asks: asksFor('schedule.set', 'name'),
  summary: 'Makes or changes a schedule: { name, job, cron, zone? | everyMs, anchor? | at, … }',
  async prepare(input, preparation) {
    const { ticker, command, parts } = preparation;
    const name = scheduleName(textField(input, 'name'));
    const sealed = parts.find(({ path }) => !/^\/job\/input(\/|$)/.test(path));
    if (sealed !== undefined) throw invalid(sealed.path, `${sealed.path} of a schedule cannot be sealed`);
    // As it came: what of it is somebody's is still marked there.
    const { job } = command.input as { readonly job?: Command };
    objectInput((input['job'] ?? null) as StoredValue);
    if (job === undefined || job === null) throw invalid('job', 'job is missing');
    return { ...input, job: await ticker.jobs.prepare(name, job, preparation) };
  },
  perform(input, scope) {
    const { state, ticker, now, by } = scope;
    const name = scheduleName(textField(input, 'name'));
    const before = state.schedules.get(name);
    const spec = scheduleSpec(input, now, before?.spec);
    const limit = mostFor(by, MAX_SCHEDULES);
    if (before === undefined && state.schedules.size >= limit) {
      const message = `there are ${state.schedules.size} schedules, as many as there may be`;
      throw new KernelError('TooManySchedules', message, { data: { limit } });
    }
    // One whose handle has ended is set anew by this one.
    const same =
      before !== undefined &&
      ticker.jobs.isAllowed(before) &&
      canonicalJson(asStored(before.spec)) === canonicalJson(asStored(spec));
    // One that is due and not decided yet may have no other tick.
    if (!same) checkTicks(spec, now);
    const output = { schedule: name, next: timesOf(spec).next(now) ?? null };
    if (same) return { output: { ...output, changed: false }, events: [] };
    // What is due of the generation before is decided by its own rules first.
    const due = before === undefined ? [] : ticker.close(before);
    return {
      output: { ...output, changed: true },
      events: [...due, { type: 'schedule.set', v: 1, schedule: name, by, spec }],
    };
  },
};

export const schedulePause: KernelOperation = {
  name: 'schedule.pause',
  asks: asksFor('schedule.pause', 'name'),
  summary: 'Stops the ticks of a schedule until it is resumed: { name, reason? }',
  perform(input, scope) {
    const schedule = find(input, scope);
    const { by } = scope;
    if (schedule.paused !== undefined) return unchanged(schedule);
    const reason = input['reason'] === undefined ? {} : { reason: textField(input, 'reason') };
    return changed(schedule, [{ type: 'schedule.paused', v: 1, schedule: schedule.name, by, ...reason }]);
  },
};

export const scheduleResume: KernelOperation = {
  name: 'schedule.resume',
  asks: asksFor('schedule.resume', 'name'),
  summary: 'Lets a paused schedule tick again; what it missed is up to its misfire policy: { name }',
  perform(input, scope) {
    const schedule = find(input, scope);
    const { ticker, by } = scope;
    if (schedule.paused === undefined) return unchanged(schedule);
    const resumed: KernelEvent = { type: 'schedule.resumed', v: 1, schedule: schedule.name, by };
    return changed(schedule, [resumed, ...ticker.missedBy(schedule)]);
  },
};

export const scheduleRemove: KernelOperation = {
  name: 'schedule.remove',
  asks: asksFor('schedule.remove', 'name'),
  summary: 'Removes a schedule; jobs that it has submitted stay: { name }',
  perform(input, scope) {
    const schedule = find(input, scope);
    return changed(schedule, [{ type: 'schedule.removed', v: 1, schedule: schedule.name, by: scope.by }]);
  },
};

export const scheduleBackfill: KernelOperation = {
  name: 'schedule.backfill',
  asks: asksFor('schedule.backfill', 'name'),
  summary: 'Submits the jobs of past ticks that have not run: { name, from, to }',
  perform(input, scope) {
    const schedule = find(input, scope);
    const { ticker, by } = scope;
    if (!ticker.jobs.isAllowed(schedule)) throw standsStill(schedule);
    const [from, to] = [momentField(input, 'from'), momentField(input, 'to')];
    if (from > to) throw invalid('from', 'from is after to');
    if (to > schedule.decided && to > scope.now) throw invalid('to', 'to is in the future');
    const end = Math.min(to, schedule.decided);
    const ticks = [...ticksWithin(timesOf(schedule.spec), { from, to: end, most: MAX_BACKFILL + 1 })];
    if (ticks.length > MAX_BACKFILL) {
      const next = `backfill it in parts of ${MAX_BACKFILL} ticks`;
      throw invalid('to', `there are more than ${MAX_BACKFILL} ticks in that time`, next);
    }
    const events = ticker.jobs.backfill(schedule, ticks);
    const jobs = events.filter(({ type }) => type === 'job.submitted').length;
    const { name, generation } = schedule;
    const output = { schedule: name, jobs, ticks: ticks.length };
    if (jobs === 0) return { output, events: [] };
    const backfilled = {
      type: 'schedule.backfilled',
      v: 1,
      schedule: name,
      generation,
      by,
      from,
      to,
      jobs,
    } as const;
    return { output, events: [backfilled, ...events] };
  },
};

function find(input: StoredObject, { state }: OperationScope): ScheduleRecord {
  const name = scheduleName(textField(input, 'name'));
  const schedule = state.schedules.get(name);
  if (schedule !== undefined) return schedule;
  throw new KernelError('ScheduleNotFound', `there is no schedule ${name}`, { data: { schedule: name } });
}

function standsStill({ name, by }: ScheduleRecord): KernelError {
  const message = `schedule ${name} stands still: handle ${by}, which set it, was revoked or has expired`;
  return new KernelError('InvalidOperation', message, {
    data: { schedule: name, handle: by },
    next: 'set the schedule by a handle that is live',
  });
}

function changed({ name }: ScheduleRecord, events: readonly KernelEvent[]): OperationResult {
  const output: Value = { schedule: name, changed: true };
  return { output, events };
}

function unchanged({ name }: ScheduleRecord): OperationResult {
  return { output: { schedule: name, changed: false }, events: [] };
}

function momentField(input: StoredObject, field: string): Instant {
  const value = input[field];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(field, `${field} is a moment in milliseconds since 1970`);
}

function invalid(field: string, message: string, next?: string): KernelError {
  return new KernelError('InvalidSchedule', message, {
    data: { field },
    ...(next !== undefined && { next }),
  });
}

/** A spec holds plain JSON data only. */
function asStored(spec: ScheduleSpec): StoredValue {
  return spec as unknown as StoredValue;
}
