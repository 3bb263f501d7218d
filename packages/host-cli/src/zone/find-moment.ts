import { KernelError } from '@tksm/abstractions';
import type { Instant, LogReader, Position } from '@tksm/abstractions';
import { firstPosition, positionAt } from '@tksm/core';
import { isoTime } from '../terminal/times.ts';
import { readMoment } from './moment.ts';
import type { Moment } from './moment.ts';

/** Where a log was at a moment: how many events it had, and the time, of the last of them when none was given. */
export interface FoundMoment {
  readonly position: Position;
  readonly time: Instant;
}

/**
 * Finds a moment in a log: after so many events, or what `--at` says.
 *
 * @throws KernelError `UsageError`, `MomentInFuture`, `MomentBeforeLog`, and what the log's reader throws
 */
export async function findMoment(log: LogReader, at: Moment | string): Promise<FoundMoment> {
  const now = Date.now();
  const moment = typeof at === 'string' ? readMoment(at, now) : at;
  const head = await log.head();
  const events = { events: head.position };
  if ('position' in moment) {
    const { position } = moment;
    if (position <= head.position) return { position, time: await timeAt(log, position) };
    throw new KernelError(
      'MomentInFuture',
      `${position} is ahead of the log: it has ${head.position} events`,
      { data: { position, ...events } },
    );
  }
  const { time } = moment;
  // A log may be ahead of this clock; what it has is no future.
  if (time > Math.max(now, head.time)) {
    throw new KernelError('MomentInFuture', `${isoTime(time)} has not been yet`, {
      data: { time, now, ...events },
    });
  }
  const begin = await firstPosition(log);
  const position = await positionAt(log, time);
  if (position > begin) return { position, time };
  const first = await timeAt(log, begin + 1);
  throw new KernelError(
    'MomentBeforeLog',
    `${isoTime(time)} is before the log: it begins at ${isoTime(first)}`,
    { data: { time, first, ...events } },
  );
}

/** Time of the event before a position; 0 when there is none. */
async function timeAt(log: LogReader, position: Position): Promise<Instant> {
  if (position === 0) return 0;
  for await (const { time } of log.read({ from: position - 1 })) return time;
  return 0;
}
