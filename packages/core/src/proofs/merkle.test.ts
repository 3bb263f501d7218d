import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MerkleFrontier, peaksOf } from './merkle-frontier.ts';
import { emptyRoot, nodeHash } from './merkle-hash.ts';
import { merkleRoot, proveConsistency, proveInclusion } from './merkle-prove.ts';
import type { MerkleNodes } from './merkle-prove.ts';
import { isConsistent, isIncluded } from './merkle-verify.ts';

const RUNS = 60;
const MOST_LEAVES = 130;

const leafOf = (data: string): Buffer => hash('sha256', Buffer.from(`00${data}`, 'hex'), 'buffer');
const leaves = Array.from({ length: MOST_LEAVES }, (_, at) => leafOf(at.toString(16).padStart(4, '0')));

/** MTH of RFC 9162 §2.1.1, word for word. */
function reference(all: readonly Buffer[]): Buffer {
  const [only] = all;
  if (only === undefined) return hash('sha256', '', 'buffer');
  if (all.length === 1) return only;
  let split = 1;
  while (split * 2 < all.length) split *= 2;
  return nodeHash(reference(all.slice(0, split)), reference(all.slice(split)));
}

const nodes: MerkleNodes = {
  node: (level, index) => reference(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
};

const sizes = fc.integer({ min: 1, max: MOST_LEAVES });

/** Generous: the machine may be busy. */
const TIMEOUT = { timeout: 60_000 };

describe('the Merkle tree', TIMEOUT, () => {
  it('has the roots that certificate transparency gives for its eight test leaves', () => {
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'];
    const frontier = new MerkleFrontier();
    expect(emptyRoot().toString('hex')).toMatch(/^e3b0c442/);
    for (const leaf of data) frontier.append(leafOf(leaf));
    frontier.append(leafOf('606162636465666768696a6b6c6d6e6f'));
    expect(frontier.root().toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  it('has the root of the definition at every size, also when it goes on from its peaks', () => {
    const frontier = new MerkleFrontier();
    for (const [at, leaf] of leaves.entries()) {
      frontier.append(leaf);
      const expected = reference(leaves.slice(0, at + 1));
      expect(frontier.root()).toEqual(expected);
      expect(merkleRoot(nodes, at + 1)).toEqual(expected);
      const peaks = peaksOf(at + 1).map(([level, index]) => nodes.node(level, index));
      expect(new MerkleFrontier(at + 1, peaks).root()).toEqual(expected);
    }
  });

  it('proves every leaf, and no leaf at another place, in another tree or with a bit changed', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, some, noise) => {
        const index = some % size;
        const leafHash = leaves[index] ?? Buffer.alloc(0);
        const root = reference(leaves.slice(0, size));
        const proof = proveInclusion(nodes, index, size);
        expect(isIncluded({ index, size, leafHash, root, proof })).toBe(true);
        expect(isIncluded({ index: (index + 1) % (size + 1), size, leafHash, root, proof })).toBe(false);
        expect(isIncluded({ index, size, leafHash: flipped(leafHash, noise), root, proof })).toBe(false);
        expect(isIncluded({ index, size, leafHash, root: flipped(root, noise), proof })).toBe(false);
        expect(isIncluded({ index, size, leafHash, root, proof: [...proof, root] })).toBe(false);
        for (const [at, one] of proof.entries()) {
          const changed = proof.with(at, flipped(one, noise));
          expect(isIncluded({ index, size, leafHash, root, proof: changed })).toBe(false);
          expect(isIncluded({ index, size, leafHash, root, proof: proof.toSpliced(at, 1) })).toBe(false);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('proves every prefix, and nothing else', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (one, other, noise) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const firstRoot = reference(leaves.slice(0, first));
        const secondRoot = reference(leaves.slice(0, second));
        const proof = proveConsistency(nodes, first, second);
        const claim = { first, second, firstRoot, secondRoot, proof };
        expect(isConsistent(claim)).toBe(true);
        expect(isConsistent({ ...claim, firstRoot: flipped(firstRoot, noise) })).toBe(false);
        expect(isConsistent({ ...claim, secondRoot: flipped(secondRoot, noise) })).toBe(false);
        expect(isConsistent({ ...claim, proof: [...proof, firstRoot] })).toBe(false);
        for (const [at, hashed] of proof.entries()) {
          expect(isConsistent({ ...claim, proof: proof.with(at, flipped(hashed, noise)) })).toBe(false);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

function flipped(bytes: Buffer, noise: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = noise % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (noise % 8));
  return copy;
}
