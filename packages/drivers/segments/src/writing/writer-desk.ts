// What a writer does with requests, on whatever thread. Guarantees: a request that succeeded is durable; after one that failed
// the files are closed, and appends fail until `open`; HEAD is flushed half a second after its last flush at the latest, as
// long as `flushLateHead` is called after each request and `usePause` in a pause.

import { hash } from 'node:crypto';
import type { FileLayer } from '../files/file-layer.ts';
import { systemError } from '../files/system-error.ts';
import { FAULT, HASH_AT, WORD } from './control-block.ts';
import type { ControlBlock, OpenRequest, WriterFailure } from './control-block.ts';
import { SegmentWriter } from './segment-writer.ts';

/** How long after the last request the pause is used. */
export const PAUSE_MS = 500;
/** Without a pause HEAD is flushed by the first request this long after its last flush: it lags by a second at most. */
const HEAD_FLUSH_MS = 500;

export class WriterDesk {
  readonly #files: FileLayer;
  readonly #control: ControlBlock;
  readonly #frame: Buffer;
  #writer: SegmentWriter | undefined;
  #headFlushedAt = 0;

  constructor(files: FileLayer, control: ControlBlock, frame: Buffer) {
    this.#files = files;
    this.#control = control;
    this.#frame = frame;
  }

  /** There is something to do in a pause. */
  get hasWork(): boolean {
    return this.#writer !== undefined && (this.#writer.isHeadDirty || this.#writer.wantsZeros);
  }

  open(request: OpenRequest): WriterFailure | undefined {
    return this.#try(() => {
      this.drop();
      this.#writer = new SegmentWriter(this.#files, request, {
        flushed: () => void Atomics.add(this.#control.words, WORD.flushes, 1),
        hash: (frameBytes) => hash('sha256', frameBytes, 'hex'),
        fault: (moment, stored, write) => this.#injectFault(moment, stored, write),
      });
    });
  }

  append(): WriterFailure | undefined {
    return this.#try(() => {
      const { words, bytes, place } = this.#control;
      const writer = this.#writer;
      if (writer === undefined) throw systemError('EIO', 'write', 'the log is not open for writing');
      writer.append(this.#frame, words[WORD.frameBytes] ?? 0);
      bytes.write(writer.hash, HASH_AT, 'latin1');
      place[0] = writer.segment;
      place[1] = writer.offset;
    });
  }

  close(): WriterFailure | undefined {
    return this.#try(() => {
      this.#writer?.flushHead();
      this.drop();
    });
  }

  /** Closes the files as they are. */
  drop(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  /** What is left to do when nobody waits. After a failure the next append fails too, and says so. */
  usePause(now: number): void {
    void this.#try(() => {
      this.#writer?.flushHead();
      this.#headFlushedAt = now;
      if (this.#writer?.wantsZeros === true) this.#writer.addZeros();
    });
  }

  /** What is better done now, between two requests, than while somebody waits for one. */
  useGap(now: number): void {
    void this.#try(() => this.#writer?.refillZeros());
    this.flushLateHead(now);
  }

  flushLateHead(now: number): void {
    if (this.#writer?.isHeadDirty !== true || now - this.#headFlushedAt < HEAD_FLUSH_MS) return;
    void this.#try(() => {
      this.#writer?.flushHead();
      this.#headFlushedAt = now;
    });
  }

  #try(call: () => void): WriterFailure | undefined {
    try {
      call();
      return undefined;
    } catch (error) {
      this.drop();
      const errno = error instanceof Error && 'code' in error ? String(error.code) : 'EUNKNOWN';
      return { errno, message: String(error) };
    }
  }

  #injectFault(moment: 'write' | 'flush', stored: Buffer, write: (part: Buffer) => void): void {
    const { words } = this.#control;
    const fault = words[WORD.fault];
    if (fault === FAULT.none || (moment === 'write') === (fault === FAULT.unflushed)) return;
    words[WORD.fault] = FAULT.none;
    if (fault === FAULT.torn) write(stored.subarray(0, stored.length >> 1));
    throw systemError('EIO', moment, 'injected');
  }
}
