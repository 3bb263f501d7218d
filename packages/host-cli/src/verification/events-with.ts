import type { LogReader, Position, RecordedEvent } from '@tksm/abstractions';
import { firstPosition, readEvents } from '@tksm/core';

/** Events of the frames that hold a text somewhere, from where the log begins; the others are not parsed. */
export async function* eventsWith(log: LogReader, text: string): AsyncGenerator<RecordedEvent> {
  for await (const { from, to } of framesWith(log, Buffer.from(text))) {
    for await (const recorded of readEvents(log, from)) {
      if (recorded.position >= to) break;
      yield recorded;
    }
  }
}

/** Neighbours together. */
async function* framesWith(
  log: LogReader,
  text: Buffer,
): AsyncGenerator<{ readonly from: Position; readonly to: Position }> {
  let run: { from: Position; to: Position } | undefined;
  for await (const { position, count, payload } of log.read({ from: await firstPosition(log) })) {
    if (!Buffer.from(payload.buffer, payload.byteOffset, payload.length).includes(text)) continue;
    if (run?.to === position) run.to = position + count;
    else {
      if (run !== undefined) yield run;
      run = { from: position, to: position + count };
    }
  }
  if (run !== undefined) yield run;
}
