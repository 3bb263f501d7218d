import { MerkleFrontier } from './merkle-frontier.ts';
import type { MerkleNodes } from './merkle-prove.ts';

/** A Merkle tree that fits in memory: that of the events of one frame, for example. */
export class MemoryTree implements MerkleNodes {
  readonly #frontier = new MerkleFrontier();
  readonly #levels: Buffer[][] = [];

  constructor(leaves: Iterable<Buffer>) {
    for (const leaf of leaves) {
      for (const [level, node] of [leaf, ...this.#frontier.append(leaf)].entries())
        (this.#levels[level] ??= []).push(node);
    }
  }

  get size(): number {
    return this.#frontier.size;
  }

  root(): Buffer {
    return this.#frontier.root();
  }

  node(level: number, index: number): Buffer {
    const node = this.#levels[level]?.[index];
    if (node === undefined) throw new RangeError(`there is no node ${index} of level ${level}`);
    return node;
  }
}
