// Guarantees those of EventLog, over segment files. `committed` is answered only after the writer thread saw the flush return;
// a failed write or flush closes its files for good, and only `settle` opens others.

import { FRAME_HEADER_BYTES, encodeFrameHeader, KernelError } from '@tksm/abstractions';
import type {
  AppendOutcome,
  Clock,
  EventLog,
  Expected,
  Frame,
  FrameDraft,
  Hash,
  LogCapabilities,
  LogHead,
  LogStatistics,
  LoopWatch,
  ReadOptions,
} from '@tksm/abstractions';
import path from 'node:path';
import type { ArchivableSegment } from './archiving/archive-plan.ts';
import { archiveSegments } from './archiving/archive-segments.ts';
import type { ArchiveOptions } from './archiving/archive-segments.ts';
import type { DataFolder } from './files/file-layer.ts';
import { LOG_FOLDER, MAX_FRAME_BYTES, PREFIX_BYTES, storedBytes } from './format/layout.ts';
import type { FolderLock } from './locking/folder-lock.ts';
import { PlaceIndex } from './reading/place-index.ts';
import { readLog } from './reading/read-log.ts';
import { onStorage, storageError } from './reading/storage-error.ts';
import { recoverLog } from './recovery/recover-log.ts';
import type { RecoveredLog } from './recovery/recover-log.ts';
import { LoopBeat } from './watching/loop-beat.ts';
import { HASH_AT, HASH_BYTES, WORD } from './writing/control-block.ts';
import type { Fault } from './writing/control-block.ts';
import type { WriterLink } from './writing/writer-link.ts';

/** What opening had to mend. */
export interface Recovery {
  /** Bytes of a frame that was begun and never acknowledged, and is gone. */
  readonly cutBytes: number;
  /** HEAD was missing or unreadable and was made anew from the log. */
  readonly headRebuilt: boolean;
  /** FORMAT was missing or unreadable and was written anew. */
  readonly formatRebuilt: boolean;
}

/** A log in segment files. */
export interface SegmentsLog extends EventLog {
  readonly dir: string;
  readonly loopWatch: LoopWatch;
  readonly recovery: Recovery;
  /**
   * Moves segments from the beginning of the log into an archive. What is read from before `base` comes from there while it
   * lies in `archive` below the data folder; a start needs a snapshot otherwise, and the caller has made sure of one.
   *
   * @throws KernelError `LogDamaged` when a segment is not whole, `ForeignZone` when `to` holds something else, `DiskFull`,
   * `StorageFailed`; what was not moved is where it was, and the same call goes on from there
   */
  archive(options: ArchiveOptions): Promise<readonly ArchivableSegment[]>;
  /** Runs when the log is closed, before the folder is given back: for what is there only while somebody holds it. */
  beforeRelease(call: () => Promise<void>): void;
}

export interface SegmentsLogParts {
  readonly folder: DataFolder;
  readonly clock: Clock;
  readonly lock: FolderLock;
  readonly link: WriterLink;
  readonly index: PlaceIndex;
  readonly recovered: RecoveredLog;
  readonly formatRebuilt: boolean;
  readonly maxSegmentBytes: number;
}

export class SegmentsEventLog implements SegmentsLog {
  readonly dir: string;
  readonly capabilities: LogCapabilities = Object.freeze({ durable: true, maxFrameBytes: MAX_FRAME_BYTES });
  readonly loopWatch: LoopBeat;
  readonly recovery: Recovery;
  readonly #parts: SegmentsLogParts;
  #head: LogHead;
  #ready: Promise<void>;
  #inFlight: Promise<AppendOutcome> | undefined;
  #unknown: KernelError | undefined;
  #closing: Promise<void> | undefined;
  readonly #leaving: (() => Promise<void>)[] = [];
  #frames = 0;
  #bytes = 0;

  constructor(parts: SegmentsLogParts) {
    const { folder, link, clock, recovered, formatRebuilt } = parts;
    this.#parts = parts;
    this.dir = folder.dir;
    this.loopWatch = new LoopBeat(link.control, clock);
    this.recovery = { cutBytes: recovered.cutBytes, headRebuilt: recovered.headRebuilt, formatRebuilt };
    this.#head = recovered.end.head;
    this.#ready = this.#openWriter(recovered);
  }

  get statistics(): LogStatistics {
    const flushes = this.#parts.link.control.words[WORD.flushes] ?? 0;
    return { frames: this.#frames, flushes: flushes >>> 0, bytes: this.#bytes };
  }

  async head(): Promise<LogHead> {
    this.#checkOpen();
    return this.#head;
  }

  read(options: ReadOptions = {}): AsyncIterable<Frame> {
    const range = { from: options.from, until: this.#head };
    return readLog(this.#parts.folder, this.#parts.index, range, () => this.#checkOpen());
  }

  async append(draft: FrameDraft, expected: Expected): Promise<AppendOutcome> {
    this.#checkOpen();
    checkDraft(draft);
    if (this.#unknown !== undefined) return { status: 'unknown', cause: this.#unknown };
    if (this.#inFlight !== undefined || !follows(draft, expected, this.#head)) {
      return { status: 'conflict', head: this.#head };
    }
    this.#inFlight = this.#write(draft);
    try {
      return await this.#inFlight;
    } finally {
      this.#inFlight = undefined;
    }
  }

  async #write(draft: FrameDraft): Promise<AppendOutcome> {
    const { link, index } = this.#parts;
    const { position, hash: previousHash } = this.#head;
    const { count, time, epoch } = draft;
    const payloadAt = PREFIX_BYTES + FRAME_HEADER_BYTES;
    encodeFrameHeader(
      { position, count, time, epoch, previousHash },
      link.frame.subarray(PREFIX_BYTES, payloadAt),
    );
    const frameBytes = FRAME_HEADER_BYTES + link.frame.write(draft.payload, payloadAt, 'utf8');
    await this.#ready;
    if (this.#unknown !== undefined) return { status: 'unknown', cause: this.#unknown };
    const failure = await link.append(frameBytes);
    if (failure !== undefined) {
      this.#unknown = storageError(failure.errno, 'the log could not be written', failure.message);
      return { status: 'unknown', cause: this.#unknown };
    }
    const { bytes, place } = link.control;
    const hash = bytes.toString('latin1', HASH_AT, HASH_AT + HASH_BYTES) as Hash;
    this.#head = { position: position + count, hash, epoch, time };
    const end = { segment: place[0] ?? 0, offset: place[1] ?? 0, head: this.#head };
    index.pass(end);
    index.end(end);
    this.#frames++;
    this.#bytes += storedBytes(frameBytes);
    return { status: 'committed', head: this.#head };
  }

  async settle(): Promise<LogHead> {
    this.#checkOpen();
    await this.#inFlight;
    if (this.#unknown === undefined) return this.#head;
    const { folder, index } = this.#parts;
    index.clear();
    const recovered = await onStorage('the log could not be settled', () => recoverLog(folder, index));
    this.#head = recovered.end.head;
    this.#unknown = undefined;
    this.#ready = this.#openWriter(recovered);
    await this.#ready;
    return this.#head;
  }

  async archive(options: ArchiveOptions): Promise<readonly ArchivableSegment[]> {
    this.#checkOpen();
    return onStorage('segments could not be archived', () =>
      archiveSegments(this.#parts.folder, options, this.#head),
    );
  }

  beforeRelease(call: () => Promise<void>): void {
    this.#leaving.push(call);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Makes the next append fail as a disk would; for tests. */
  failNext(fault: Fault): void {
    this.#parts.link.failNext(fault);
  }

  /** Ends as the death of the process would: the thread stops where it is, and the lock is free. For tests. */
  async crash(): Promise<void> {
    this.#closing ??= this.#crash();
    await this.#closing;
  }

  async #crash(): Promise<void> {
    this.loopWatch.stop();
    await this.#parts.link.kill();
    this.#parts.lock.release();
  }

  async #close(): Promise<void> {
    await this.#inFlight;
    await this.#ready;
    this.loopWatch.stop();
    await this.#parts.link.close();
    await Promise.allSettled(this.#leaving.map((leave) => leave()));
    this.#parts.lock.release();
  }

  async #openWriter({ end, segmentBytes, nextSlot }: RecoveredLog): Promise<void> {
    const { folder, link, maxSegmentBytes } = this.#parts;
    const { segment, offset, head } = end;
    const logFolder = path.join(folder.dir, LOG_FOLDER);
    const request = { logFolder, segment, offset, segmentBytes, hash: head.hash, nextSlot, maxSegmentBytes };
    const failure = await link.open(request);
    if (failure === undefined) return;
    this.#unknown = storageError(failure.errno, 'the log could not be opened for writing', failure.message);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new KernelError('LogClosed', 'the log is closed');
  }
}

function checkDraft({ payload, count }: FrameDraft): void {
  if (!Number.isSafeInteger(count) || count < 1 || count >= 2 ** 32) {
    throw new KernelError('InvalidInput', `a frame cannot have ${count} events`);
  }
  // A character takes three bytes at most: most payloads need not be measured.
  if (payload.length * 3 <= MAX_FRAME_BYTES) return;
  const bytes = payload.length > MAX_FRAME_BYTES ? payload.length : Buffer.byteLength(payload, 'utf8');
  if (bytes <= MAX_FRAME_BYTES) return;
  throw new KernelError('FrameTooLarge', `a frame of ${bytes} bytes is over ${MAX_FRAME_BYTES}`, {
    data: { bytes, limit: MAX_FRAME_BYTES },
  });
}

function follows(draft: FrameDraft, expected: Expected, head: LogHead): boolean {
  return (
    expected.position === head.position &&
    expected.previousHash === head.hash &&
    Math.min(expected.epoch, draft.epoch) >= head.epoch
  );
}
