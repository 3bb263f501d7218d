import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame, LogReader } from '@tksm/abstractions';
import { merkleRoot, MerkleFrontier, proveInclusion, isIncluded } from '@tksm/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrameTree } from './frame-tree.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tksm-tree-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** A log of frames of one to three events, which differ by a seed. */
function logOf(count: number, seed = ''): LogReader {
  const frames: Pick<Frame, 'position' | 'count' | 'hash'>[] = [];
  for (let [at, position] = [0, 0]; at < count; at++) {
    const hash = createHash('sha256').update(`${seed}${at}`).digest('hex') as Frame['hash'];
    frames.push({ position, count: 1 + (at % 3), hash });
    position += 1 + (at % 3);
  }
  return {
    head: () => Promise.reject(new Error('nobody asks')),
    async *read({ from = 0 } = {}) {
      for (const frame of frames) if (frame.position + frame.count > from) yield frame as Frame;
    },
    close: () => Promise.resolve(),
  };
}

async function rootOf(log: LogReader): Promise<Buffer> {
  const frontier = new MerkleFrontier();
  for await (const { hash } of log.read()) frontier.append(Buffer.from(hash, 'hex'));
  return frontier.root();
}

describe('the cached tree', { timeout: 60_000 }, () => {
  it('grows with the log, and keeps what it has between openings', async () => {
    for (const size of [1, 2, 3, 7, 8, 20, 33]) {
      using tree = new FrameTree(dir);
      await tree.extend(logOf(size));
      expect(tree.size).toBe(size);
      const root = await rootOf(logOf(size));
      expect(merkleRoot(tree, size)).toEqual(root);
      for await (const { position, count, hash } of logOf(size).read()) {
        const index = tree.indexOf(position);
        expect(tree.indexOf(position + count - 1)).toBe(index);
        const proof = proveInclusion(tree, index, size);
        expect(isIncluded({ index, size, root, proof, leafHash: Buffer.from(hash, 'hex') })).toBe(true);
      }
    }
  });

  it('becomes that of another log, longer or shorter', async () => {
    for (const [size, seed] of [
      [9, 'a'],
      [20, 'b'],
      [5, 'c'],
    ] as const) {
      using tree = new FrameTree(dir);
      await tree.extend(logOf(size, seed));
      expect(tree.size).toBe(size);
      expect(merkleRoot(tree, size)).toEqual(await rootOf(logOf(size, seed)));
    }
  });
});
