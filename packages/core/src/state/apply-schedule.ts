import { KernelError } from '@tksm/abstractions';
import type { Instant, Position, ScheduleEvent, ScheduleRecord, ScheduleTicked } from '@tksm/abstractions';
import type { KernelState } from './kernel-state.ts';

/** Generations that are remembered: a backfill runs no tick that ran under one of them. */
const MAX_EARLIER = 32;

/** Applies an event to its schedule. */
export function applyScheduleEvent(
  state: KernelState,
  event: ScheduleEvent,
  position: Position,
  time: Instant,
): void {
  const { schedules } = state;
  const name = event.schedule;
  const before = schedules.get(name);
  state.touch('schedule', name);
  if (event.type === 'schedule.set') {
    schedules.set(name, begun(event, before, position, time));
    return;
  }
  if (before === undefined) {
    const data = { position };
    throw new KernelError('LogDamaged', `event ${position} names schedule ${name}, which is not there`, {
      data,
    });
  }
  switch (event.type) {
    case 'schedule.ticked':
      if (event.ended === true) schedules.delete(name);
      else schedules.set(name, ticked(before, event));
      break;
    case 'schedule.held':
      schedules.set(name, { ...before, held: event.error });
      break;
    case 'schedule.paused': {
      const { by, reason } = event;
      schedules.set(name, {
        ...before,
        paused: { since: time, by, ...(reason !== undefined && { reason }) },
      });
      break;
    }
    case 'schedule.resumed': {
      const { paused: _, ...resumed } = before;
      schedules.set(name, resumed);
      break;
    }
    case 'schedule.removed':
      schedules.delete(name);
      break;
    case 'schedule.backfilled':
      break;
  }
}

/** A new generation: it begins now, and stays paused when the one before was. */
function begun(
  { schedule: name, by, spec }: Extract<ScheduleEvent, { readonly type: 'schedule.set' }>,
  before: ScheduleRecord | undefined,
  position: Position,
  time: Instant,
): ScheduleRecord {
  const fresh = { name, by, spec, generation: position, decided: time, runs: 0, missed: 0 };
  if (before === undefined) return fresh;
  const earlier = [before.generation, ...(before.earlier ?? [])].slice(0, MAX_EARLIER);
  return { ...fresh, earlier, ...(before.paused && { paused: before.paused }) };
}

function ticked(before: ScheduleRecord, event: ScheduleTicked): ScheduleRecord {
  const { at, job, missed = 0, skipped, error } = event;
  const { held: _, ...rest } = before;
  return {
    ...rest,
    decided: at,
    runs: before.runs + (job === undefined ? 0 : 1),
    missed: before.missed + missed,
    last: {
      at,
      ...(job !== undefined && { job }),
      ...(skipped !== undefined && { skipped }),
      ...(error !== undefined && { error }),
    },
  };
}
