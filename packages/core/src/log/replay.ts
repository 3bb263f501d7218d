import { KernelError } from '@tksm/abstractions';
import type { Frame, KernelEvent, LogReader, Position, RecordedEvent } from '@tksm/abstractions';
import { apply } from '../state/apply.ts';
import type { RetirementObserver } from '../retention/index-feed.ts';
import { KernelState } from '../state/kernel-state.ts';
import { upcast } from './upcast.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The events of a frame, at their current versions. @throws KernelError `LogDamaged`, `FormatTooNew` */
export function decodeFrame(frame: Frame): KernelEvent[] {
  let events: unknown;
  try {
    events = JSON.parse(utf8.decode(frame.payload));
  } catch (cause) {
    throw damaged(frame, 'is not JSON', cause);
  }
  if (!Array.isArray(events) || events.length !== frame.count)
    throw damaged(frame, 'has another number of events');
  const list = events as KernelEvent[];
  for (let i = 0; i < list.length; i++) list[i] = upcast(list[i] ?? {}, frame.position + i);
  return list;
}

function damaged(frame: Frame, what: string, cause?: unknown): KernelError {
  const data = { position: frame.position };
  return new KernelError('LogDamaged', `the frame at ${frame.position} ${what}`, { data, cause });
}

/** Folds a log into state, up to but not including `to`. */
export async function replay(
  log: LogReader,
  to: Position = Number.POSITIVE_INFINITY,
  observer?: RetirementObserver,
): Promise<KernelState> {
  const state = new KernelState();
  for await (const frame of log.read()) {
    if (frame.position >= to) break;
    const events = decodeFrame(frame);
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
  return state;
}

/** Events with their places, from a position on, up to the log's head at the time of the call. */
export async function* readEvents(log: LogReader, from: Position = 0): AsyncGenerator<RecordedEvent> {
  for await (const frame of log.read({ from })) {
    const events = decodeFrame(frame);
    for (const [index, event] of events.entries()) {
      const position = frame.position + index;
      if (position >= from) yield { position, time: frame.time, event };
    }
  }
}
