import type { AppendOutcome, EventLog, FrameDraft, Frame, LogReader } from '@tksm/abstractions';

export function draftOf(payload: string, count = 1, epoch = 1): FrameDraft {
  return { time: 1_700_000_000_000, epoch, count, payload };
}

/** Appends at the head that the log names. */
export async function append(log: EventLog, payload: string, count = 1, epoch = 1): Promise<AppendOutcome> {
  const { position, hash: previousHash } = await log.head();
  return log.append(draftOf(payload, count, epoch), { position, previousHash, epoch });
}

export async function framesOf(log: LogReader, from = 0): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of log.read({ from })) frames.push(frame);
  return frames;
}

export async function payloadsOf(log: LogReader, from = 0): Promise<string[]> {
  return (await framesOf(log, from)).map(({ payload }) => Buffer.from(payload).toString('utf8'));
}
