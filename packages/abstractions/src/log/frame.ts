import type { Hash, Instant, Position } from '../runtime/ids.ts';

/** A frame that is not yet part of a log. */
export interface FrameDraft {
  readonly time: Instant;
  /** Epoch of the sequencer that decided it. */
  readonly epoch: number;
  /** Number of events in the payload. */
  readonly count: number;
  /** JSON text of the array of events. Never has a lone surrogate. */
  readonly payload: string;
}

/** One durably committed batch of events. */
export interface Frame {
  /** Position of the first event. */
  readonly position: Position;
  readonly count: number;
  readonly time: Instant;
  readonly epoch: number;
  readonly previousHash: Hash;
  /** Hash of this frame's bytes; see {@link encodeFrameHeader}. */
  readonly hash: Hash;
  /** UTF-8 of the JSON array of events. */
  readonly payload: Uint8Array;
}
