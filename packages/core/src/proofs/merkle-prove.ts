import { nodeHash } from './merkle-hash.ts';

/** The stored nodes of a tree. */
export interface MerkleNodes {
  /** Root of the complete subtree over leaves from `index` · 2^`level` on, 2^`level` of them. */
  node(level: number, index: number): Buffer;
}

/** The largest power of two below a number above 1. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Root over leaves from `start` on. `start` is a multiple of every power of two below `size`, as the splits leave it. */
function rootOver(nodes: MerkleNodes, start: number, size: number): Buffer {
  const level = Math.log2(size);
  if (Number.isInteger(level)) return nodes.node(level, start / size);
  const split = splitOf(size);
  return nodeHash(rootOver(nodes, start, split), rootOver(nodes, start + split, size - split));
}

/** Root of the tree of the first `size` leaves; `size` is at least 1. */
export function merkleRoot(nodes: MerkleNodes, size: number): Buffer {
  return rootOver(nodes, 0, size);
}

/** Inclusion proof of a leaf in the tree of the first `size` leaves: PATH of RFC 9162 §2.1.3.1. */
export function proveInclusion(nodes: MerkleNodes, index: number, size: number): Buffer[] {
  const path: Buffer[] = [];
  let [start, width] = [0, size];
  while (width > 1) {
    const split = splitOf(width);
    if (index - start < split) {
      path.push(rootOver(nodes, start + split, width - split));
      width = split;
    } else {
      path.push(rootOver(nodes, start, split));
      start += split;
      width -= split;
    }
  }
  return path.reverse();
}

/** Consistency proof between the trees of the first `first` and `second` leaves: PROOF of RFC 9162 §2.1.4.1. */
export function proveConsistency(nodes: MerkleNodes, first: number, second: number): Buffer[] {
  const path: Buffer[] = [];
  let [start, width, isWhole] = [0, second, true];
  while (start + width !== first) {
    const split = splitOf(width);
    if (first - start <= split) {
      path.push(rootOver(nodes, start + split, width - split));
      width = split;
    } else {
      path.push(rootOver(nodes, start, split));
      start += split;
      width -= split;
      isWhole = false;
    }
  }
  if (!isWhole) path.push(rootOver(nodes, start, width));
  return path.reverse();
}
