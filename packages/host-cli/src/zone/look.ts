import { isKernelError, KernelError, noLogger } from '@tksm/abstractions';
import type { Instant, LogReader, Position, StateReader } from '@tksm/abstractions';
import { positionAt, readState } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { isoTime } from '../terminal/times.ts';
import { readMoment } from './moment.ts';
import type { Moment } from './moment.ts';

/** A data folder as it is on storage: read without a lock, without boot, without a trace. */
export interface Look {
  readonly log: LogReader;
  readonly state: StateReader;
  /** When it is looked at: now, or the moment that was asked for. */
  readonly now: Instant;
}

/**
 * Reads a folder's state as it is, or as it was at a moment: after so many events, or what `--at` says.
 *
 * @throws KernelError `UsageError`, `MomentInFuture`, `MomentBeforeLog`, `DataFolderMissing`, `FormatTooNew`, `LogDamaged`
 */
export async function look(dir: string, at?: Moment | string): Promise<Look> {
  const now = Date.now();
  const moment = typeof at === 'string' ? readMoment(at, now) : at;
  const log = await openSegmentsReader({ dir });
  const source = { log, store: openDiskSnapshots({ dir }), logger: noLogger };
  if (moment === undefined) return { log, state: (await readState(source)).state, now };
  const { state } = await readState({ ...source, to: await positionOf(log, moment, now) });
  return { log, state, now: 'time' in moment ? moment.time : state.time };
}

/** As `look`; undefined when there is no such folder yet. */
export async function lookIfThere(dir: string): Promise<Look | undefined> {
  try {
    return await look(dir);
  } catch (error) {
    if (isKernelError(error, 'DataFolderMissing')) return undefined;
    throw error;
  }
}

async function positionOf(log: LogReader, moment: Moment, now: Instant): Promise<Position> {
  const head = await log.head();
  const events = { events: head.position };
  if ('position' in moment) {
    if (moment.position <= head.position) return moment.position;
    throw new KernelError(
      'MomentInFuture',
      `${moment.position} is ahead of the log: it has ${head.position} events`,
      {
        data: { position: moment.position, ...events },
      },
    );
  }
  const { time } = moment;
  // A log may be ahead of this clock; what it has is no future.
  if (time > Math.max(now, head.time)) {
    throw new KernelError('MomentInFuture', `${isoTime(time)} has not been yet`, {
      data: { time, now, ...events },
    });
  }
  const position = await positionAt(log, time);
  if (position > 0) return position;
  const first = (await firstTime(log)) ?? now;
  throw new KernelError(
    'MomentBeforeLog',
    `${isoTime(time)} is before the log: it begins at ${isoTime(first)}`,
    {
      data: { time, first, ...events },
    },
  );
}

async function firstTime(log: LogReader): Promise<Instant | undefined> {
  for await (const { time } of log.read()) return time;
  return undefined;
}
