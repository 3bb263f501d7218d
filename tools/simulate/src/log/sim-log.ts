// Guarantees those of EventLog, over a simulated disk, with the frames of `drivers/segments` and its order of writing:
// frame, flush, HEAD, answer; HEAD is flushed when the log rests and before a segment ends. It has no thread.

import { KernelError } from '@tksm/abstractions';
import type {
  AppendOutcome,
  EventLog,
  Expected,
  Frame,
  FrameDraft,
  LogHead,
  LogStatistics,
  ReadOptions,
  Timers,
} from '@tksm/abstractions';
import { DiskError, DiskGone } from '../disk/fault.ts';
import type { SimDisk } from '../disk/sim-disk.ts';
import { encodeMark, HEAD_FILE, slotOffset } from './head-file.ts';
import type { PlantedBug } from './planted-bug.ts';
import {
  createSegment,
  damaged,
  other,
  recoverSimLog,
  SEGMENT_BYTES,
  segmentName,
  walkLog,
} from './recover-sim-log.ts';
import type { RecoveredEnd } from './recover-sim-log.ts';
import { encodeStored, MAX_FRAME_BYTES } from './stored-frame.ts';

/** Rest after which HEAD is flushed, in ms. */
const HEAD_REST_MS = 20;
/** Longest time of one disk call, in ms. */
const MAX_LATENCY_MS = 4;

export interface SimLogParts {
  readonly disk: SimDisk;
  readonly timers: Timers;
  readonly next: () => number;
  readonly bug?: PlantedBug;
}

export class SimLog implements EventLog {
  readonly capabilities = Object.freeze({ durable: true, maxFrameBytes: MAX_FRAME_BYTES });
  readonly #parts: SimLogParts;
  #end: RecoveredEnd;
  #statistics: LogStatistics = { frames: 0, flushes: 0, bytes: 0 };
  #unknown: KernelError | undefined;
  #busy: Promise<unknown> | undefined;
  #closed = false;
  #headDirty = false;

  private constructor(parts: SimLogParts, end: RecoveredEnd) {
    this.#parts = parts;
    this.#end = end;
  }

  /** Recovers the log of a disk. @throws KernelError `LogDamaged`, `StorageFailed`; DiskGone */
  static open(parts: SimLogParts): SimLog {
    return new SimLog(
      parts,
      typed(() => recoverSimLog(parts.disk, parts.bug)),
    );
  }

  get statistics(): LogStatistics {
    return this.#statistics;
  }

  async head(): Promise<LogHead> {
    this.#checkOpen();
    return this.#end.head;
  }

  async *read({ from = 0 }: ReadOptions = {}): AsyncGenerator<Frame> {
    this.#checkOpen();
    const { disk, bug } = this.#parts;
    const to = this.#end.head.position;
    const { frames, end, why } = await orNever(() => typed(() => walkLog(disk, bug)));
    if (end.head.position < to) throw damaged(end.head.position, why ?? 'frames are missing');
    for (const frame of frames) {
      if (frame.position + frame.count > from && frame.position < to) yield frame;
    }
  }

  async append(draft: FrameDraft, expected: Expected): Promise<AppendOutcome> {
    this.#checkOpen();
    if (this.#unknown !== undefined) return { status: 'unknown', cause: this.#unknown };
    if (this.#busy !== undefined) return { status: 'conflict', head: this.#end.head };
    this.#busy = this.#append(draft, expected);
    try {
      return (await this.#busy) as AppendOutcome;
    } finally {
      this.#busy = undefined;
    }
  }

  async #append(draft: FrameDraft, expected: Expected): Promise<AppendOutcome> {
    const { head } = this.#end;
    const isNext = expected.position === head.position && expected.previousHash === head.hash;
    if (!isNext || Math.min(expected.epoch, draft.epoch) < head.epoch) return { status: 'conflict', head };
    const { disk, bug } = this.#parts;
    const encoded = encodeStored(draft, head);
    const { stored } = encoded;
    try {
      if (this.#end.offset > 0 && this.#end.offset + stored.length > SEGMENT_BYTES) await this.#roll();
      const { segment, offset } = this.#end;
      disk.write(segmentName(segment), offset, stored);
      await this.#latency();
      if (bug !== 'ack-before-flush') disk.flush(segmentName(segment));
      this.#end = { ...this.#end, offset: offset + stored.length, head: encoded.head };
      const { frames, flushes, bytes } = this.#statistics;
      this.#statistics = { frames: frames + 1, flushes: flushes + 1, bytes: bytes + stored.length };
      this.#mark();
      await this.#latency();
      return { status: 'committed', head: encoded.head };
    } catch (error) {
      if (error instanceof DiskGone) return await never();
      if (!(error instanceof DiskError)) throw error;
      this.#unknown = storageError(error);
      return { status: 'unknown', cause: this.#unknown };
    }
  }

  async settle(): Promise<LogHead> {
    this.#checkOpen();
    await this.#busy;
    const { disk, bug } = this.#parts;
    await this.#latency();
    this.#end = await orNever(() => typed(() => recoverSimLog(disk, bug)));
    this.#unknown = undefined;
    this.#headDirty = false;
    return this.#end.head;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#busy;
    if (this.#unknown === undefined) this.#flushHead();
  }

  async #roll(): Promise<void> {
    const { disk } = this.#parts;
    const { segment, offset, head } = this.#end;
    disk.resize(segmentName(segment), offset);
    disk.flush(segmentName(segment));
    await this.#latency();
    if (this.#headDirty) disk.flush(HEAD_FILE);
    this.#headDirty = false;
    createSegment(disk, head.position);
    await this.#latency();
    this.#end = { ...this.#end, segment: head.position, offset: 0 };
  }

  #mark(): void {
    const { disk, timers } = this.#parts;
    const { nextSlot } = this.#end;
    disk.write(HEAD_FILE, slotOffset(nextSlot), encodeMark(this.#end));
    this.#end = { ...this.#end, nextSlot: other(nextSlot) };
    if (this.#headDirty) return;
    this.#headDirty = true;
    timers.after(HEAD_REST_MS, () => {
      if (!this.#closed) this.#flushHead();
    });
  }

  #flushHead(): void {
    if (!this.#headDirty) return;
    this.#headDirty = false;
    try {
      this.#parts.disk.flush(HEAD_FILE);
    } catch (error) {
      if (!(error instanceof DiskGone || error instanceof DiskError)) throw error;
      // As after any failed flush: nothing more is written through this handle.
      if (error instanceof DiskError) this.#unknown ??= storageError(error);
    }
  }

  #latency(): Promise<void> {
    const { timers, next } = this.#parts;
    const ms = Math.floor(next() * MAX_LATENCY_MS);
    return new Promise((resolve) => {
      if (ms === 0) timers.soon(resolve);
      else timers.after(ms, resolve);
    });
  }

  #checkOpen(): void {
    if (this.#closed) throw new KernelError('LogClosed', 'the log is closed');
  }
}

function storageError({ errno, message }: DiskError): KernelError {
  const code = errno === 'ENOSPC' ? 'DiskFull' : errno === 'EROFS' ? 'DataFolderReadOnly' : 'StorageFailed';
  return new KernelError(code, `the simulated disk failed: ${message}`, { data: { errno } });
}

function typed<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof DiskError ? storageError(error) : error;
  }
}

/** What a dead machine would have answered is never heard. */
async function orNever<T>(call: () => T): Promise<T> {
  try {
    return call();
  } catch (error) {
    if (error instanceof DiskGone) return await never();
    throw error;
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
