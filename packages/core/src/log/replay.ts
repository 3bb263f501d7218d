import { KernelError, NO_HASH } from '@tksm/abstractions';
import type { Frame, KernelEvent, LogHead, LogReader, Position, RecordedEvent } from '@tksm/abstractions';
import { apply } from '../state/apply.ts';
import type { RetirementObserver } from '../retention/index-feed.ts';
import { KernelState } from '../state/kernel-state.ts';
import { upcast } from './upcast.ts';
import type { Upcast } from './upcast.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The events of a frame, at their current versions. @throws KernelError `LogDamaged`, `FormatTooNew` */
export function decodeFrame(frame: Frame, toCurrent: Upcast = upcast): KernelEvent[] {
  let events: unknown;
  try {
    events = JSON.parse(utf8.decode(frame.payload));
  } catch (cause) {
    throw damaged(frame, 'is not JSON', cause);
  }
  if (!Array.isArray(events) || events.length !== frame.count)
    throw damaged(frame, 'has another number of events');
  const list = events as KernelEvent[];
  for (let i = 0; i < list.length; i++) list[i] = toCurrent(list[i] ?? {}, frame.position + i);
  return list;
}

function damaged(frame: Frame, what: string, cause?: unknown): KernelError {
  const data = { position: frame.position };
  return new KernelError('LogDamaged', `the frame at ${frame.position} ${what}`, { data, cause });
}

/** A state, and the head of the log that it is the state of. */
export interface Replayed {
  readonly state: KernelState;
  readonly head: LogHead;
}

export interface ReplayOptions {
  /** Up to but not including this position. Default: to the log's head. */
  readonly to?: Position | undefined;
  /** What to go on from; it is taken over. Default: the beginning. */
  readonly begun?: Replayed;
  readonly upcast?: Upcast;
  readonly observer?: RetirementObserver | undefined;
}

/**
 * Folds a log into state. The head is that of the last frame that was begun.
 *
 * @throws KernelError `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function replay(log: LogReader, options: ReplayOptions = {}): Promise<Replayed> {
  const { to = Number.POSITIVE_INFINITY, begun, upcast: toCurrent, observer } = options;
  const state = begun?.state ?? new KernelState();
  let last: Frame | undefined;
  for await (const frame of log.read({ from: state.position })) {
    if (frame.position >= to) break;
    last = frame;
    const events = decodeFrame(frame, toCurrent);
    for (let i = 0; i < events.length && frame.position + i < to; i++) {
      const event = events[i];
      if (event === undefined) continue;
      if (event.type === 'records.retired') {
        const written = observer?.retiring(state, event, frame);
        if (written !== undefined) await written;
      }
      apply(state, event, frame.position + i, frame.time);
    }
  }
  return { state, head: last === undefined ? (begun?.head ?? EMPTY) : headAfter(last) };
}

const EMPTY: LogHead = Object.freeze({ position: 0, hash: NO_HASH, epoch: 0, time: 0 });

function headAfter({ position, count, hash, epoch, time }: Frame): LogHead {
  return { position: position + count, hash, epoch, time };
}

/**
 * Events with their places, from a position on, up to the log's head at the time of the call. Without a position, from the
 * first that is not archived.
 *
 * @throws KernelError `EventArchived`, `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function* readEvents(log: LogReader, from?: Position): AsyncGenerator<RecordedEvent> {
  for await (const frame of log.read(from === undefined ? {} : { from })) {
    const events = decodeFrame(frame);
    for (const [index, event] of events.entries()) {
      const position = frame.position + index;
      if (position >= (from ?? 0)) yield { position, time: frame.time, event };
    }
  }
}
