import type { KernelError } from '../errors/kernel-error.ts';
import type { Hash, Position } from '../runtime/ids.ts';
import type { LogHead } from './event.ts';
import type { Frame, FrameDraft } from './frame.ts';

/** What the writer believes about the log; an append counts only when it is true. */
export interface Expected {
  readonly position: Position;
  readonly previousHash: Hash;
  /** The writer's epoch. Lower than the log's: a deposed sequencer, fenced off. */
  readonly epoch: number;
}

/** The three outcomes of an append. None of them is thrown. */
export type AppendOutcome =
  | { readonly status: 'committed'; readonly head: LogHead }
  | { readonly status: 'conflict'; readonly head: LogHead }
  /** It may or may not be in the log. The handle takes no more appends until `settle`. */
  | { readonly status: 'unknown'; readonly cause: KernelError };

/** What a log can do; a conformance suite skips only by this. */
export interface LogCapabilities {
  /** Whether a committed frame survives the loss of the process (and, for a disk, of power). */
  readonly durable: boolean;
  /** Largest payload of one frame, in bytes of UTF-8. */
  readonly maxFrameBytes: number;
}

/** Counters of a log since it was opened. */
export interface LogStatistics {
  readonly frames: number;
  /** Flushes to stable storage that frames waited for. */
  readonly flushes: number;
  readonly bytes: number;
}

export interface ReadOptions {
  /** First event wanted; reading starts with the frame that holds it. Default: the first that the log has, 0 unless it was archived. */
  readonly from?: Position;
}

/** Reads a log without any right to change it, beside a writer or without one. */
export interface LogReader {
  /** The head as it is on storage now. */
  head(): Promise<LogHead>;
  /**
   * Frames in order, up to the head at the time of the call, each checked: checksum, hash, chain, dense positions.
   *
   * @throws KernelError `EventArchived` with `data.first` when `from` is before what the log has; `LogDamaged` with
   * `data.position` of the first event that cannot be trusted; `FormatTooNew`.
   */
  read(options?: ReadOptions): AsyncIterable<Frame>;
  close(): Promise<void>;
}

/**
 * One ordered, hash-chained log: the consensus interface of a zone. Guarantees:
 *
 * 1. `committed` is answered only after the frame is durable, as far as `capabilities.durable` says.
 * 2. Of two appends that expect the same position, at most one commits.
 * 3. Frames are dense and chained; what was committed is read back byte for byte.
 * 4. A failed flush is final: the outcome is `unknown`, and so is every later one until `settle`.
 */
export interface EventLog extends LogReader {
  readonly capabilities: LogCapabilities;
  readonly statistics: LogStatistics;
  /** Appends one frame. One append at a time: a second before the first has answered is a `conflict`. */
  append(draft: FrameDraft, expected: Expected): Promise<AppendOutcome>;
  /** After `unknown`: reads what is there, opens a fresh handle and answers the true head. */
  settle(): Promise<LogHead>;
}
