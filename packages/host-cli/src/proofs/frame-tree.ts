// The Merkle tree over a log's frames, kept in two files beside it (ADR 0023) so that a proof reads a few dozen hashes.
//
// 1. Nothing is believed because it is there: what is taken from it must lead to a signed root.
// 2. It is made anew from the log whenever it can be. Of frames that are archived only the tree is left.
// 3. A crash loses at most what was added last. Several processes may extend it at the same time: they write the same
//    bytes at the same places.
// 4. Memory does not grow with the log.

import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Frame, LogReader, Position } from '@tksm/abstractions';
import { frameLeaf, genesisOf, isIncluded, MerkleFrontier, peaksOf, proveInclusion } from '@tksm/core';
import type { MerkleNodes } from '@tksm/core';
import { openForUpdate, readAt, writeAt } from './file-bytes.ts';
import { decodeFrameRow, decodeTitle, encodeFrameRow, encodeTitle } from './tree-rows.ts';
import { HASH_BYTES, nodesBefore, ROW_BYTES } from './tree-rows.ts';
import type { FrameRow, TreeTitle } from './tree-rows.ts';

/** Frames that are written at once. */
const BATCH = 4096;

/** How far to go, and from where. */
export interface GrowOptions {
  /** Up to, not including, this position; default: to the end of the log. */
  readonly until?: Position;
  /** The last frame that is kept is archived: the log begins right after it. */
  readonly isArchived?: boolean;
}

export class FrameTree implements MerkleNodes, Disposable {
  readonly #frames: number;
  readonly #nodes: number;
  #title: TreeTitle | undefined;
  #size: number;
  /** Whether the files were as they had been left. */
  readonly isWhole: boolean;

  /** Opens the files of a data folder, and makes them when they are not there. */
  constructor(dir: string) {
    const folder = path.join(dir, 'proofs');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#frames = openForUpdate(path.join(folder, 'frames'));
    this.#nodes = openForUpdate(path.join(folder, 'nodes'));
    this.#title = decodeTitle(readAt(this.#frames, 0, ROW_BYTES));
    this.#size = this.#title === undefined ? 0 : this.#sizeFound();
    const bytes = fstatSync(this.#frames).size;
    this.isWhole = bytes === 0 || (this.#title !== undefined && bytes === (1 + this.#size) * ROW_BYTES);
  }

  /** Frames in the tree. */
  get size(): number {
    return this.#size;
  }

  get title(): TreeTitle | undefined {
    return this.#title;
  }

  /** @throws KernelError `ProofInvalid` for what is damaged or not there */
  node(level: number, index: number): Buffer {
    if (level === 0) return this.#row(index).leaf;
    const last = (index + 1) * 2 ** level - 1;
    return readAt(this.#nodes, (nodesBefore(last) + level - 1) * HASH_BYTES, HASH_BYTES);
  }

  /** Number of the frame that holds a position. @throws KernelError `ProofInvalid` */
  indexOf(position: Position): number {
    let [low, high] = [0, this.#size - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#row(middle).position <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Whether its first frames, the last of them at its place, are those of a root. */
  leadsTo({ size, root }: { readonly size: number; readonly root: Buffer }): boolean {
    if (size === 0 || size > this.#size) return false;
    try {
      const [index, proof] = [size - 1, proveInclusion(this, size - 1, size)];
      return isIncluded({ index, size, root, proof, leafHash: this.#row(index).leaf });
    } catch {
      return false;
    }
  }

  /** Adds what the log has more. A tree of another log is made anew; then false. @throws KernelError `EventArchived`, `LogDamaged` */
  async extend(log: LogReader): Promise<boolean> {
    if ((await this.grow(log, this.#size)) !== undefined) return true;
    await this.rebuild(log);
    return false;
  }

  /** Makes the tree anew from all frames that the log has. @throws KernelError `EventArchived`, `LogDamaged` */
  async rebuild(log: LogReader): Promise<void> {
    const size = await this.#sizeBefore(log);
    this.#rebuildNodes(size);
    await this.grow(log, size, { isArchived: size > 0 });
    ftruncateSync(this.#frames, (1 + this.#size) * ROW_BYTES);
    ftruncateSync(this.#nodes, nodesBefore(this.#size) * HASH_BYTES);
  }

  /**
   * Keeps so many frames of the tree and takes the rest from the log. Undefined, and nothing done, when the log does not go
   * on from there.
   *
   * @throws KernelError `EventArchived` when the frames before what the log has are nowhere; `LogDamaged`
   */
  async grow(
    log: LogReader,
    size: number,
    { until = Number.POSITIVE_INFINITY, isArchived = false }: GrowOptions = {},
  ): Promise<MerkleFrontier | undefined> {
    const peaks = peaksOf(size).map(([level, index]) => this.node(level, index));
    const frontier = new MerkleFrontier(size, peaks);
    let last = size === 0 || isArchived ? undefined : this.#row(size - 1);
    if (last === undefined) this.#size = size;
    let [rows, nodes]: [Buffer[], Buffer[]] = [[], []];
    for await (const frame of log.read(last === undefined ? {} : { from: last.position })) {
      if (frame.position >= until) break;
      const title = size === 0 && frontier.size === 0 ? this.#begin(frame) : this.#title;
      const leaf = frameLeaf(frame, title?.leaves ?? 'frames');
      if (last !== undefined) {
        if (frame.position !== last.position || !leaf.equals(last.leaf)) return undefined;
        [this.#size, last] = [size, undefined];
        continue;
      }
      nodes.push(...frontier.append(leaf));
      rows.push(encodeFrameRow({ position: frame.position, leaf }));
      if (rows.length < BATCH) continue;
      this.#write(rows, nodes);
      [rows, nodes] = [[], []];
    }
    if (last !== undefined) return undefined;
    if (frontier.size === 0) await refuseHeadless(log);
    this.#write(rows, nodes);
    return frontier;
  }

  [Symbol.dispose](): void {
    closeSync(this.#frames);
    closeSync(this.#nodes);
  }

  /** What is whole at the end of the files: a crash may have left anything there. */
  #sizeFound(): number {
    let size = Math.max(0, Math.floor(fstatSync(this.#frames).size / ROW_BYTES) - 1);
    while (size > 0 && this.#rowIfWhole(size - 1) === undefined) size -= 1;
    return fstatSync(this.#nodes).size >= nodesBefore(size) * HASH_BYTES ? size : 0;
  }

  /** Frames before those that the log has: archived ones. */
  async #sizeBefore(log: LogReader): Promise<number> {
    for await (const { position } of log.read()) {
      if (position === 0) return 0;
      const index = this.indexOf(position);
      if (index < this.#size && this.#row(index).position === position) return index;
      throw archived(position);
    }
    return 0;
  }

  /** Makes the inner nodes anew from so many rows. */
  #rebuildNodes(size: number): void {
    const frontier = new MerkleFrontier();
    for (let index = 0; index < size; index++) {
      const nodes = Buffer.concat(frontier.append(this.#row(index).leaf));
      if (nodes.length > 0) writeAt(this.#nodes, nodesBefore(index) * HASH_BYTES, nodes);
    }
  }

  #begin(frame: Frame): TreeTitle {
    if (frame.position !== 0) throw archived(frame.position);
    const { zone, eventLeaves } = genesisOf(frame);
    const title: TreeTitle = { zone, leaves: eventLeaves === true ? 'events' : 'frames' };
    writeAt(this.#frames, 0, encodeTitle(title));
    return (this.#title = title);
  }

  /** Nodes first: a row in the file stands for its nodes. */
  #write(rows: readonly Buffer[], nodes: readonly Buffer[]): void {
    if (rows.length === 0) return;
    writeAt(this.#nodes, nodesBefore(this.#size) * HASH_BYTES, Buffer.concat(nodes));
    fdatasyncSync(this.#nodes);
    writeAt(this.#frames, (1 + this.#size) * ROW_BYTES, Buffer.concat(rows));
    fdatasyncSync(this.#frames);
    this.#size += rows.length;
  }

  #rowIfWhole(index: number): FrameRow | undefined {
    return decodeFrameRow(readAt(this.#frames, (1 + index) * ROW_BYTES, ROW_BYTES));
  }

  #row(index: number): FrameRow {
    const row = this.#rowIfWhole(index);
    if (row !== undefined) return row;
    throw new KernelError('ProofInvalid', `row ${index} of proofs/frames is damaged`, { data: { index } });
  }
}

/** A log may have no frame and yet not begin at 0: its state was restored. */
async function refuseHeadless(log: LogReader): Promise<void> {
  const { position } = await log.head();
  if (position > 0) throw archived(position);
}

function archived(position: Position): KernelError {
  const message = `the log begins at ${position}, and the tree in proofs/ does not lead there`;
  return new KernelError('EventArchived', message, {
    data: { first: position },
    next:
      'put proofs/frames and proofs/nodes back from a copy, or the archived segments; of a zone that was restored from a ' +
      'snapshot, only the folder that it comes from can make them',
  });
}
