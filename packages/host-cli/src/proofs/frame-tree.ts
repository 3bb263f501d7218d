// The Merkle tree over a log's frames, kept in two files beside it (ADR 0013) so that a proof reads a few dozen hashes.
// A cache: it may be missing, short or wrong, and is made anew from the log. Whatever is taken from it must be checked
// against a signed root. Several processes may extend it at the same time: they write the same bytes at the same places.

import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { LogReader, Position } from '@tksm/abstractions';
import { MerkleFrontier, peaksOf } from '@tksm/core';
import type { MerkleNodes } from '@tksm/core';

const HASH_BYTES = 32;
/** Position of the first event, then the leaf. */
const RECORD_BYTES = 8 + HASH_BYTES;
/** Frames that are written at once. */
const BATCH = 4096;

interface FrameRecord {
  readonly position: Position;
  readonly leaf: Buffer;
}

export class FrameTree implements MerkleNodes, Disposable {
  readonly #frames: number;
  readonly #nodes: number;
  #size: number;

  /** Opens the files of a data folder, and makes them when they are not there. */
  constructor(dir: string) {
    const folder = path.join(dir, 'proofs');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#frames = openFile(path.join(folder, 'frames'));
    this.#nodes = openFile(path.join(folder, 'nodes'));
    const size = Math.floor(fstatSync(this.#frames).size / RECORD_BYTES);
    const isWhole = fstatSync(this.#nodes).size >= nodesBefore(size) * HASH_BYTES;
    this.#size = isWhole ? size : 0;
  }

  get size(): number {
    return this.#size;
  }

  node(level: number, index: number): Buffer {
    if (level === 0) return this.#frame(index).leaf;
    const last = (index + 1) * 2 ** level - 1;
    return readAt(this.#nodes, (nodesBefore(last) + level - 1) * HASH_BYTES, HASH_BYTES);
  }

  /** Number of the frame that holds a position. */
  indexOf(position: Position): number {
    let [low, high] = [0, this.#size - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#frame(middle).position <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Adds what the log has more. A tree of another log is made anew. */
  async extend(log: LogReader): Promise<void> {
    const last = this.#size === 0 ? undefined : this.#frame(this.#size - 1);
    const isOurs = last === undefined || (await this.#append(log, last));
    if (!isOurs) await this.rebuild(log);
    else if (last === undefined) await this.#append(log, undefined);
  }

  /** Makes the tree anew from all frames of the log. */
  async rebuild(log: LogReader): Promise<void> {
    this.#size = 0;
    await this.#append(log, undefined);
    ftruncateSync(this.#frames, this.#size * RECORD_BYTES);
    ftruncateSync(this.#nodes, nodesBefore(this.#size) * HASH_BYTES);
  }

  [Symbol.dispose](): void {
    closeSync(this.#frames);
    closeSync(this.#nodes);
  }

  /** Adds the frames after the last one; false when the log has not that one. */
  async #append(log: LogReader, last: FrameRecord | undefined): Promise<boolean> {
    const peaks = peaksOf(this.#size).map(([level, index]) => this.node(level, index));
    const frontier = new MerkleFrontier(this.#size, peaks);
    let [leaves, nodes]: [Buffer[], Buffer[]] = [[], []];
    let isKnown = last === undefined;
    for await (const { position, hash } of log.read({ from: last?.position ?? 0 })) {
      const leaf = Buffer.from(hash, 'hex');
      if (!isKnown) {
        if (position !== last?.position || !leaf.equals(last.leaf)) return false;
        isKnown = true;
        continue;
      }
      nodes.push(...frontier.append(leaf));
      leaves.push(recordOf({ position, leaf }));
      if (leaves.length < BATCH) continue;
      this.#write(leaves, nodes);
      [leaves, nodes] = [[], []];
    }
    if (isKnown) this.#write(leaves, nodes);
    return isKnown;
  }

  /** Nodes first: a frame in the file stands for its nodes. */
  #write(leaves: readonly Buffer[], nodes: readonly Buffer[]): void {
    writeAt(this.#nodes, nodesBefore(this.#size) * HASH_BYTES, Buffer.concat(nodes));
    writeAt(this.#frames, this.#size * RECORD_BYTES, Buffer.concat(leaves));
    this.#size += leaves.length;
  }

  #frame(index: number): FrameRecord {
    const bytes = readAt(this.#frames, index * RECORD_BYTES, RECORD_BYTES);
    return { position: Number(bytes.readBigUInt64LE(0)), leaf: bytes.subarray(8) };
  }
}

/** Inner nodes that so many leaves complete: each leaf one for every one bit that its number ends with. */
function nodesBefore(leaves: number): number {
  let ones = 0;
  for (let rest = leaves; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return leaves - ones;
}

function recordOf({ position, leaf }: FrameRecord): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_BYTES);
  bytes.writeBigUInt64LE(BigInt(position), 0);
  leaf.copy(bytes, 8);
  return bytes;
}

/** For reading and writing, made when missing, never truncated: others may be at it. */
function openFile(file: string): number {
  closeSync(openSync(file, 'a', 0o600));
  return openSync(file, 'r+');
}

/** Bytes that the file has not are zeros: they lead to no signed root. */
function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  return bytes;
}

function writeAt(file: number, offset: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, offset + done);
  }
}
