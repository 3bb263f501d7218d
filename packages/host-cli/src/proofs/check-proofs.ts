// Checks what lies under `proofs/`, against the log and the checkpoint signed last. Reads only, one pass, a few MiB.

import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import type { Frame, LogReader, Position } from '@tksm/abstractions';
import { frameLeaf, genesisOf, MerkleFrontier } from '@tksm/core';
import type { Checkpoint, Leaves } from '@tksm/core';
import { FileWindow } from './file-bytes.ts';
import { signingKeyIfThere } from './signing-key.ts';
import { decodeFrameRow, decodeTitle, HASH_BYTES, ROW_BYTES } from './tree-rows.ts';
import { lastCheckpoint } from './zone-checkpoint.ts';

/** Something that is not as it was written. */
interface ProofFinding {
  /** Below the data folder. */
  readonly file: string;
  readonly why: string;
  /** Whether it is made anew from the log when it is next needed. */
  readonly isRebuildable: boolean;
}

export interface ProofReport {
  readonly findings: readonly ProofFinding[];
  /** Frames and events in the log, archived ones included as far as the tree knows them. */
  readonly size: number;
  readonly position: Position;
  /** Those of the checkpoints asked about that the log does not go on from. */
  readonly broken: readonly Checkpoint[];
}

/**
 * @param kept checkpoints that the log must go on from, besides the one that was signed last
 * @throws KernelError `LogDamaged` when the log itself cannot be read
 */
export async function checkProofs(
  dir: string,
  log: LogReader,
  kept: readonly Checkpoint[] = [],
): Promise<ProofReport> {
  const findings: ProofFinding[] = [];
  const last = await checkSigned(dir, findings);
  using check = new TreeCheck(dir, [...kept, ...(last === undefined ? [] : [last])]);
  for await (const frame of log.read()) check.take(frame);
  check.end();
  const broken = check.broken.filter((each) => each !== last);
  if (last !== undefined && check.broken.includes(last)) {
    const why = `the log does not go on from it: it was signed for ${last.position} events`;
    findings.push({ file: 'proofs/checkpoint', why, isRebuildable: false });
  }
  const { size, position } = check;
  return { findings: [...findings, ...check.findings], size, position, broken };
}

/** Whether key and checkpoint are whole; answers the checkpoint. */
async function checkSigned(dir: string, findings: ProofFinding[]): Promise<Checkpoint | undefined> {
  const found = (file: string, why: string): undefined => {
    findings.push({ file, why, isRebuildable: false });
  };
  let key: KeyObject | undefined;
  try {
    key = await signingKeyIfThere(dir);
  } catch (error) {
    if (!isKernelError(error, 'KeyDamaged')) throw error;
    return found('proofs/signing.key', 'it is not an Ed25519 key as it was written');
  }
  const hasCheckpoint = existsSync(path.join(dir, 'proofs', 'checkpoint'));
  if (key === undefined) return hasCheckpoint ? found('proofs/signing.key', 'it is missing') : undefined;
  try {
    return (await lastCheckpoint(dir, key))?.checkpoint;
  } catch (error) {
    if (!isKernelError(error, 'ProofInvalid')) throw error;
    return found('proofs/checkpoint', error.message);
  }
}

/** Follows tree and log together. What the log has is taken from it; the rows are believed of archived frames alone. */
class TreeCheck implements Disposable {
  readonly findings: ProofFinding[] = [];
  readonly broken: Checkpoint[];
  size = 0;
  position: Position = 0;
  readonly #rows: FileWindow;
  readonly #nodes: FileWindow;
  readonly #frontier = new MerkleFrontier();
  /** Rows in the file. */
  readonly #count: number;
  #leaves: Leaves | undefined;
  #nodesSeen = 0;

  constructor(dir: string, promises: readonly Checkpoint[]) {
    this.#rows = new FileWindow(path.join(dir, 'proofs', 'frames'));
    this.#nodes = new FileWindow(path.join(dir, 'proofs', 'nodes'));
    this.broken = [...promises];
    const title = decodeTitle(this.#rows.read(0, ROW_BYTES));
    this.#leaves = title?.leaves;
    this.#count = Math.max(0, Math.ceil(this.#rows.size / ROW_BYTES) - 1);
    if (title === undefined && this.#rows.size > 0) this.#find('frames', 'its title is damaged', true);
  }

  take(frame: Frame): void {
    if (this.size === 0) this.#begin(frame);
    const leaf = frameLeaf(frame, this.#leaves ?? 'frames');
    this.position = frame.position + frame.count;
    if (this.size < this.#count) {
      const row = this.#row(this.size);
      const isSame = row?.position === frame.position && row.leaf.equals(leaf);
      if (!isSame) this.#find('frames', `row ${this.size} is not that of position ${frame.position}`, true);
    }
    this.#grow(leaf);
  }

  /** The log has ended. */
  end(): void {
    if (this.#count > this.size)
      this.#find(
        'frames',
        `it has ${this.#count - this.size} frames that the log has not: its end was cut off`,
        false,
      );
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]();
    this.#nodes[Symbol.dispose]();
  }

  /** The first frame that is there: of those before it, if any, the rows are what is left. */
  #begin(frame: Frame): void {
    if (frame.position === 0) this.#leaves = genesisOf(frame).eventLeaves === true ? 'events' : 'frames';
    for (let row = this.#row(0); this.size < this.#count; row = this.#row(this.size)) {
      if (row !== undefined && row.position >= frame.position) break;
      if (row === undefined)
        this.#find('frames', `row ${this.size}, of an archived frame, is damaged`, false);
      this.#grow(row?.leaf ?? Buffer.alloc(HASH_BYTES));
    }
  }

  #grow(leaf: Buffer): void {
    for (const node of this.#frontier.append(leaf)) {
      const at = this.#nodesSeen++ * HASH_BYTES;
      const isKnown = this.size < this.#count;
      if (isKnown && !this.#nodes.read(at, HASH_BYTES).equals(node))
        this.#find('nodes', `node ${this.#nodesSeen - 1} is not that of its leaves`, true);
    }
    this.size += 1;
    for (const promise of this.broken.filter(({ size }) => size === this.size)) {
      if (promise.root.equals(this.#frontier.root())) this.broken.splice(this.broken.indexOf(promise), 1);
    }
  }

  #row(index: number): ReturnType<typeof decodeFrameRow> {
    return decodeFrameRow(this.#rows.read((1 + index) * ROW_BYTES, ROW_BYTES));
  }

  /** One finding a file: the first. */
  #find(name: 'frames' | 'nodes', why: string, isRebuildable: boolean): void {
    const file = `proofs/${name}`;
    if (!this.findings.some((finding) => finding.file === file))
      this.findings.push({ file, why, isRebuildable });
  }
}
