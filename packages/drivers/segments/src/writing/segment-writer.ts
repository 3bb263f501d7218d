// Writes frames at the end of the last segment; used by the writer alone. Guarantees: `append` returns only after the
// frame was flushed and HEAD says so; a call that throws leaves the files to recovery, and every later call throws.

import path from 'node:path';
import type { FileLayer, OpenFile } from '../files/file-layer.ts';
import { writeFully } from '../files/transfer.ts';
import { crc32c } from '../format/crc32c.ts';
import { encodeHeadSlot, HEAD_SLOT_BYTES, HEAD_SLOT_DISTANCE } from '../format/head-slot.ts';
import {
  CHUNK_BYTES,
  FIRST_CHUNK_BYTES,
  HEAD_FILE,
  PREFIX_BYTES,
  SEGMENT_HEADER_BYTES,
  segmentName,
  storedBytes,
} from '../format/layout.ts';
import { encodeSegmentHeader } from '../format/segment-header.ts';
import type { OpenRequest } from './control-block.ts';

/** Written several times for a chunk. */
const ZEROS = Buffer.alloc(1024 * 1024);
/** Least and most zeros that are added between two frames. */
const MIN_REFILL_BYTES = 64 * 1024;
const MAX_REFILL_BYTES = 1024 * 1024;
/** Frames like the last one that the zeros are to be enough for. */
const FRAMES_AHEAD = 16;

export interface WriterPorts {
  /** Called for each flush that a caller waits for. */
  flushed(): void;
  /** SHA-256 over the zero byte and the frame, as hex. */
  hash(bytes: Buffer): string;
  /** Called before a frame is written and before it is flushed; throws to make the append fail. */
  fault(moment: 'write' | 'flush', stored: Buffer, write: (part: Buffer) => void): void;
}

export class SegmentWriter {
  readonly #files: FileLayer;
  readonly #folder: string;
  readonly #maxSegmentBytes: number;
  readonly #ports: WriterPorts;
  readonly #slot = Buffer.alloc(HEAD_SLOT_BYTES);
  #segmentFile: OpenFile;
  readonly #headFile: OpenFile;
  #segment: number;
  #offset: number;
  /** Length of the file; from `#offset` on it holds flushed zeros. */
  #size: number;
  /** Bytes of the last frame. */
  #lastBytes = 0;
  #hash: string;
  #nextSlot: 0 | 1;
  #isHeadDirty = false;

  constructor(files: FileLayer, request: OpenRequest, ports: WriterPorts) {
    this.#files = files;
    this.#folder = request.logFolder;
    this.#maxSegmentBytes = request.maxSegmentBytes;
    this.#ports = ports;
    this.#segment = request.segment;
    this.#offset = request.offset;
    this.#size = Math.max(request.segmentBytes, request.offset);
    this.#hash = request.hash;
    this.#nextSlot = request.nextSlot;
    this.#segmentFile = files.open(this.#path(segmentName(request.segment)), 'update');
    this.#headFile = files.open(this.#path(HEAD_FILE), 'update');
  }

  get hash(): string {
    return this.#hash;
  }

  get segment(): number {
    return this.#segment;
  }

  get offset(): number {
    return this.#offset;
  }

  /** HEAD was written and not flushed. */
  get isHeadDirty(): boolean {
    return this.#isHeadDirty;
  }

  /** Fewer zeros are left than half a chunk. */
  get wantsZeros(): boolean {
    return this.#size - this.#offset < CHUNK_BYTES / 2 && this.#size < this.#maxSegmentBytes;
  }

  /** Appends the frame that stands in `buffer` after its prefix, which is filled in here. */
  append(buffer: Buffer, frameBytes: number): void {
    const length = storedBytes(frameBytes);
    buffer.fill(0, PREFIX_BYTES + frameBytes, length);
    buffer.writeUInt32LE(frameBytes, 4);
    buffer.writeUInt32LE(crc32c(buffer, 4, length), 0);
    const hash = this.#ports.hash(buffer.subarray(PREFIX_BYTES - 1, PREFIX_BYTES + frameBytes));
    const position = numberAt(buffer, 8);
    if (this.#offset + length > this.#maxSegmentBytes && this.#offset > SEGMENT_HEADER_BYTES)
      this.#roll(position);
    // A frame that no chunk would hold is written past the end.
    if (this.#offset + length > this.#size && length <= CHUNK_BYTES) {
      this.addZeros();
      this.#ports.flushed();
    }
    const stored = buffer.subarray(0, length);
    this.#ports.fault('write', stored, (part) => writeFully(this.#segmentFile, part, this.#offset));
    writeFully(this.#segmentFile, stored, this.#offset);
    this.#ports.fault('flush', stored, () => undefined);
    this.#segmentFile.flushData();
    this.#ports.flushed();
    this.#offset += length;
    this.#lastBytes = length;
    this.#size = Math.max(this.#size, this.#offset);
    this.#hash = hash;
    this.#mark(position + buffer.readUInt32LE(PREFIX_BYTES + 4), numberAt(buffer, 16), numberAt(buffer, 24));
  }

  /** Adds flushed zeros after the frames. When the disk is full it adds none: frames may still fit. */
  addZeros(bytes = CHUNK_BYTES): void {
    const size = Math.max(this.#size, this.#offset);
    try {
      for (let at = 0; at < bytes; at += ZEROS.length)
        writeFully(this.#segmentFile, ZEROS.subarray(0, bytes - at), size + at);
      this.#segmentFile.flushData();
      this.#size = size + bytes;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      this.#segmentFile.truncate(size);
    }
  }

  /**
   * Adds a few zeros when frames like the last one would soon use them up: few enough to be there before the next frame. So
   * the zeros grow with the load, and no frame waits for a whole chunk of them.
   */
  refillZeros(): void {
    const wanted = Math.max(MIN_REFILL_BYTES, FRAMES_AHEAD * this.#lastBytes);
    if (!this.wantsZeros || this.#size - this.#offset >= wanted) return;
    this.addZeros(Math.min(Math.max(MIN_REFILL_BYTES, 2 * this.#lastBytes), MAX_REFILL_BYTES));
  }

  flushHead(): void {
    if (!this.#isHeadDirty) return;
    this.#headFile.flushData();
    this.#isHeadDirty = false;
  }

  /** Closes the files. After a failure nothing more is written: what is there is for recovery to judge. */
  close(): void {
    for (const file of [this.#segmentFile, this.#headFile]) {
      try {
        file.close();
      } catch {
        // A failed close tells nothing that the failed flush did not.
      }
    }
  }

  #mark(position: number, time: number, epoch: number): void {
    const [segment, offset] = [this.#segment, this.#offset];
    encodeHeadSlot({ position, time, epoch, hash: this.#hash, segment, offset }, this.#slot);
    writeFully(this.#headFile, this.#slot, this.#nextSlot * HEAD_SLOT_DISTANCE);
    this.#nextSlot = this.#nextSlot === 0 ? 1 : 0;
    this.#isHeadDirty = true;
  }

  /** Ends the segment at its last frame and begins the next one, under its name only once it is whole. */
  #roll(position: number): void {
    this.#segmentFile.truncate(this.#offset);
    this.#segmentFile.flush();
    this.flushHead();
    const header = encodeSegmentHeader({
      firstPosition: position,
      previousHash: this.#hash,
      previousFirst: this.#segment,
      previousBytes: this.#offset,
    });
    const name = this.#path(segmentName(position));
    const file = this.#files.open(`${name}.tmp`, 'create');
    try {
      writeFully(file, header, 0);
      writeFully(file, ZEROS.subarray(0, FIRST_CHUNK_BYTES - header.length), header.length);
      file.flush();
      this.#files.rename(`${name}.tmp`, name);
      this.#files.flushFolder(this.#folder);
    } catch (error) {
      file.close();
      throw error;
    }
    this.#segmentFile.close();
    this.#segmentFile = file;
    this.#segment = position;
    this.#offset = SEGMENT_HEADER_BYTES;
    this.#size = FIRST_CHUNK_BYTES;
    this.#ports.flushed();
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }
}

function numberAt(buffer: Buffer, headerOffset: number): number {
  return Number(buffer.readBigUInt64LE(PREFIX_BYTES + headerOffset));
}
