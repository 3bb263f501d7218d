// Reads the frames of one segment in order, each checked against the one before. What it gives was wholly there and
// follows; what stops it is told apart: nothing written, or bytes that are no frame that could follow.

import type { Frame, LogHead } from '@tksm/abstractions';
import type { FileLayer, OpenFile } from '../files/file-layer.ts';
import { readFully } from '../files/transfer.ts';
import { storedBytes } from '../format/layout.ts';
import { headAfter, readStoredFrame } from '../format/stored-frame.ts';
import { FRAME_HEADER_BYTES } from '@tksm/abstractions';
import type { Place } from './place.ts';

/** Bytes of the first read: enough for the tail of a log that is followed. */
const FIRST_READ_BYTES = 64 * 1024;
/** Bytes of a read in a long run. */
const LONG_READ_BYTES = 1024 * 1024;

/** Why a segment gives no more frames. */
export type Stop = { readonly kind: 'nothing' } | { readonly kind: 'bad'; readonly why: string };

export class SegmentCursor {
  readonly segment: number;
  readonly #files: FileLayer;
  readonly #file: OpenFile;
  #offset: number;
  #head: LogHead;
  #readBytes = FIRST_READ_BYTES;
  #stop: Stop | undefined;

  constructor(files: FileLayer, file: OpenFile, from: Place) {
    this.segment = from.segment;
    this.#files = files;
    this.#file = file;
    this.#offset = from.offset;
    this.#head = from.head;
  }

  /** After the last frame given. */
  get place(): Place {
    return { segment: this.segment, offset: this.#offset, head: this.#head };
  }

  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** The next frames that begin before `until`; none when there are none, and then `stop` says why. */
  async nextBatch(until: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length === 0 && this.#stop === undefined && this.#head.position < until) {
      if (this.#readBytes > FIRST_READ_BYTES) await this.#files.turn();
      // A buffer of its own for each read: the payloads given out are views of it.
      const bytes = readFully(this.#file, Buffer.allocUnsafeSlow(this.#readBytes), this.#offset);
      this.#take(bytes, until, frames);
    }
    return frames;
  }

  close(): void {
    this.#file.close();
  }

  #take(bytes: Buffer, until: number, frames: Frame[]): void {
    const isEnd = bytes.length < this.#readBytes;
    let at = 0;
    while (this.#head.position < until) {
      const reading = readStoredFrame(bytes, at, this.#head);
      if (reading.kind === 'frame') {
        frames.push(reading.frame);
        this.#head = headAfter(reading.frame);
        at += storedBytes(FRAME_HEADER_BYTES + reading.frame.payload.length);
        continue;
      }
      if (reading.kind !== 'cut-off') this.#stop = reading;
      else if (isEnd && at === bytes.length) this.#stop = { kind: 'nothing' };
      else if (isEnd) this.#stop = { kind: 'bad', why: 'the file ends inside it' };
      else this.#readBytes = Math.max(reading.needed, LONG_READ_BYTES);
      break;
    }
    this.#offset += at;
  }
}
