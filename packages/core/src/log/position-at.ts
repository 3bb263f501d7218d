import { KernelError } from '@tksm/abstractions';
import type { Frame, Instant, LogReader, Position } from '@tksm/abstractions';

/**
 * How many events a log had at a moment: all of every frame whose time is at or before it. A binary search: it reads a
 * frame for each halving, which is enough because a frame's time is never before that of the frame before it. What was
 * before the first event that is not archived counts as that position.
 *
 * @throws KernelError `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function positionAt(log: LogReader, time: Instant): Promise<Position> {
  const head = await log.head();
  if (head.time <= time) return head.position;
  // What is before `low` is not later than the moment; what begins at `high` is.
  let [low, high] = [await firstPosition(log), head.position];
  while (low < high) {
    const frame = await frameAt(log, Math.floor((low + high) / 2));
    if (frame.time <= time) low = frame.position + frame.count;
    else high = frame.position;
  }
  return low;
}

/** First event that is not archived; of a log without events the one that it begins with. */
export async function firstPosition(log: LogReader): Promise<Position> {
  const head = await log.head();
  for await (const { position } of log.read()) return position;
  return head.position;
}

async function frameAt(log: LogReader, position: Position): Promise<Frame> {
  for await (const frame of log.read({ from: position })) return frame;
  throw new KernelError('LogDamaged', `the frame at ${position} is missing`, { data: { position } });
}
