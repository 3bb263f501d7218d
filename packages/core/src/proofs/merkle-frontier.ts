// What it takes to go on with a Merkle tree (RFC 9162 §2.1.1), and no more: the roots of the complete subtrees that its
// leaves fall into, one for each bit of its size. Appending costs one or two hashes on average, whatever the size.

import { emptyRoot, nodeHash } from './merkle-hash.ts';

export class MerkleFrontier {
  #size: number;
  /** From the largest subtree to the smallest. */
  readonly #peaks: Buffer[];

  /** Peaks of a tree of that size, from the largest to the smallest, as `peaksOf` names them. */
  constructor(size = 0, peaks: readonly Buffer[] = []) {
    this.#size = size;
    this.#peaks = [...peaks];
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a leaf; answers the inner nodes that it completes, from the lowest up. */
  append(leaf: Buffer): Buffer[] {
    const completed: Buffer[] = [];
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#peaks.pop();
      if (left === undefined) throw new TypeError('a tree of an odd size has a peak');
      node = nodeHash(left, node);
      completed.push(node);
    }
    this.#peaks.push(node);
    this.#size += 1;
    return completed;
  }

  root(): Buffer {
    const last = this.#peaks.at(-1);
    if (last === undefined) return emptyRoot();
    return this.#peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
  }
}

/** Level and index of the complete subtrees that a tree of that size falls into, from the largest to the smallest. */
export function peaksOf(size: number): readonly (readonly [level: number, index: number])[] {
  const peaks: [number, number][] = [];
  let start = 0;
  for (let level = 52; level >= 0; level--) {
    const width = 2 ** level;
    if (size - start < width) continue;
    peaks.push([level, start / width]);
    start += width;
  }
  return peaks;
}
