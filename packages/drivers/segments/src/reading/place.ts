import { NO_HASH } from '@tksm/abstractions';
import type { Hash, LogHead } from '@tksm/abstractions';
import type { HeadMark } from '../format/head-slot.ts';
import { SEGMENT_HEADER_BYTES } from '../format/layout.ts';

export const EMPTY_HEAD: LogHead = Object.freeze({ position: 0, hash: NO_HASH, epoch: 0, time: 0 });

/** A boundary between two frames. */
export interface Place {
  /** First position of the segment. */
  readonly segment: number;
  /** Where in the segment, in bytes. */
  readonly offset: number;
  /** The log up to here. At the beginning of a segment, its epoch and time are not known and are 0. */
  readonly head: LogHead;
}

export function segmentStart(segment: number, previousHash: string): Place {
  const head = { position: segment, hash: previousHash as Hash, epoch: 0, time: 0 };
  return { segment, offset: SEGMENT_HEADER_BYTES, head };
}

export function placeOfMark({ segment, offset, position, hash, epoch, time }: HeadMark): Place {
  return { segment, offset, head: { position, hash: hash as Hash, epoch, time } };
}

export function markOfPlace({ segment, offset, head }: Place): HeadMark {
  return { segment, offset, ...head };
}
