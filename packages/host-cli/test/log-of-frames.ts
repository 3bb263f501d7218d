import { createHash } from 'node:crypto';
import { encodeFrameHeader, FRAME_HEADER_BYTES, hash, NO_HASH } from '@tksm/abstractions';
import type { Frame, LogReader } from '@tksm/abstractions';
import type { Leaves } from '@tksm/core';

export interface LogOfFrames {
  /** What makes it another log. */
  readonly seed?: string;
  readonly leaves?: Leaves;
  /** Number of the first frame that is still there; those before it are archived. */
  readonly from?: number;
}

/** A log of frames of one to three events, chained as frames are. */
export function logOf(
  count: number,
  { seed = '', leaves = 'frames', from = 0 }: LogOfFrames = {},
): LogReader {
  const frames: Frame[] = [];
  let [position, previousHash] = [0, NO_HASH];
  for (let at = 0; at < count; at++) {
    const frame = frameOf(at, { position, previousHash, seed, leaves });
    frames.push(frame);
    [position, previousHash] = [position + frame.count, frame.hash];
  }
  return {
    head: () => Promise.resolve({ position, hash: previousHash, epoch: 1, time: 1 }),
    async *read({ from: first = 0 } = {}) {
      for (const frame of frames.slice(from)) if (frame.position + frame.count > first) yield frame;
    },
    close: () => Promise.resolve(),
  };
}

function frameOf(
  at: number,
  {
    position,
    previousHash,
    seed,
    leaves,
  }: Pick<Frame, 'position' | 'previousHash'> & Required<Omit<LogOfFrames, 'from'>>,
): Frame {
  const eventLeaves = leaves === 'events' ? { eventLeaves: true } : {};
  const zone = createHash('md5').update(seed).digest('hex');
  const first = { type: 'zone.created', v: 1, zone, ...eventLeaves };
  const events = Array.from({ length: 1 + (at % 3) }, (_, index) => ({
    type: 'fact.emitted',
    v: 1,
    at,
    index,
    seed,
  }));
  const payload = Buffer.from(JSON.stringify(at === 0 ? [first] : events));
  const header = { position, count: 1 + (at % 3), time: 1, epoch: 1, previousHash };
  const bytes = Buffer.alloc(1 + FRAME_HEADER_BYTES);
  encodeFrameHeader(header, bytes.subarray(1));
  const digest = createHash('sha256').update(bytes).update(payload).digest('hex');
  return { ...header, payload, hash: hash(digest) };
}
