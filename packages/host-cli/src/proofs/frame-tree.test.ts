import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogReader } from '@tksm/abstractions';
import { frameLeaf, isIncluded, MerkleFrontier, merkleRoot, proveInclusion } from '@tksm/core';
import type { Leaves } from '@tksm/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logOf } from '../../test/log-of-frames.ts';
import { FrameTree } from './frame-tree.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tksm-tree-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const fileOf = (name: string): string => path.join(dir, 'proofs', name);

async function rootOf(log: LogReader, leaves: Leaves = 'frames'): Promise<Buffer> {
  const frontier = new MerkleFrontier();
  for await (const frame of log.read()) frontier.append(frameLeaf(frame, leaves));
  return frontier.root();
}

describe('the cached tree', { timeout: 60_000 }, () => {
  it.each(['frames', 'events'] as const)(
    'grows with the log, and keeps what it has between openings (leaves of %s)',
    async (leaves) => {
      for (const size of [1, 2, 3, 7, 8, 20, 33]) {
        using tree = new FrameTree(dir);
        const log = logOf(size, { leaves });
        await tree.extend(log);
        expect([tree.size, tree.title?.leaves]).toEqual([size, leaves]);
        const root = await rootOf(log, leaves);
        expect(merkleRoot(tree, size)).toEqual(root);
        expect(tree.leadsTo({ size, root })).toBe(true);
        expect(tree.leadsTo({ size: size + 1, root })).toBe(false);
        for await (const frame of log.read()) {
          const index = tree.indexOf(frame.position);
          expect(tree.indexOf(frame.position + frame.count - 1)).toBe(index);
          const proof = proveInclusion(tree, index, size);
          expect(isIncluded({ index, size, root, proof, leafHash: frameLeaf(frame, leaves) })).toBe(true);
        }
      }
    },
  );

  it('becomes that of another log, longer or shorter', async () => {
    for (const [size, seed, leaves] of [
      [9, 'a', 'frames'],
      [20, 'b', 'events'],
      [5, 'c', 'frames'],
    ] as const) {
      using tree = new FrameTree(dir);
      const log = logOf(size, { seed, leaves });
      await tree.extend(log);
      expect([tree.size, tree.title?.leaves]).toEqual([size, leaves]);
      expect(merkleRoot(tree, size)).toEqual(await rootOf(log, leaves));
    }
  });

  it('goes on after a crash, whatever was at the end of its files', async () => {
    const log = logOf(20);
    const root = await rootOf(log);
    for (const [name, cut] of [
      ['frames', 10],
      ['frames', 44 * 3 + 1],
      ['nodes', 33],
      ['frames', 44 * 20 + 1],
    ] as const) {
      {
        using tree = new FrameTree(dir);
        await tree.extend(log);
        expect(tree.leadsTo({ size: 20, root })).toBe(true);
      }
      const bytes = readFileSync(fileOf(name));
      truncateSync(fileOf(name), bytes.length - cut);
      // A file system may leave the length, and zeros.
      truncateSync(fileOf(name), bytes.length - Math.floor(cut / 2));
    }
    using tree = new FrameTree(dir);
    await tree.extend(log);
    expect(tree.leadsTo({ size: 20, root })).toBe(true);
  });

  it('is not believed with any byte of what it takes flipped, and is made anew', async () => {
    const log = logOf(12);
    const root = await rootOf(log);
    const signed = { size: 12, root };
    {
      using tree = new FrameTree(dir);
      await tree.extend(log);
    }
    for (const name of ['frames', 'nodes']) {
      const bytes = readFileSync(fileOf(name));
      for (let at = 0; at < bytes.length; at += 5) {
        writeFileSync(fileOf(name), bytes.with(at, (bytes[at] ?? 0) ^ 16));
        using tree = new FrameTree(dir);
        await tree.extend(log);
        for (let index = 0; index < 12; index++) {
          const proved = proofIn(tree, index);
          if (proved === undefined || !(await isLeaf(log, index, signed, proved))) await tree.rebuild(log);
          expect(await isLeaf(log, index, signed, proofIn(tree, index) ?? []), `${name} ${at}`).toBe(true);
        }
      }
    }
  });

  it('is enough to go on when the log begins later, and then cannot be made anew', async () => {
    const whole = logOf(20, { leaves: 'events' });
    const root = await rootOf(whole, 'events');
    {
      using tree = new FrameTree(dir);
      await tree.extend(logOf(12, { leaves: 'events' }));
    }
    const rest = logOf(20, { leaves: 'events', from: 7 });
    {
      using tree = new FrameTree(dir);
      await tree.extend(rest);
      expect(tree.leadsTo({ size: 20, root })).toBe(true);
      await tree.rebuild(rest);
      expect(tree.leadsTo({ size: 20, root })).toBe(true);
    }
    {
      using tree = new FrameTree(dir);
      await tree.extend(logOf(20, { leaves: 'events', from: 7, seed: 'other' }));
      expect(tree.leadsTo({ size: 20, root })).toBe(false);
      await tree.extend(rest);
      expect(tree.leadsTo({ size: 20, root })).toBe(true);
      const later = tree.extend(logOf(40, { leaves: 'events', from: 30 }));
      await expect(later).rejects.toMatchObject({ code: 'EventArchived' });
    }
    rmSync(fileOf('frames'));
    using tree = new FrameTree(dir);
    await expect(tree.extend(rest)).rejects.toMatchObject({ code: 'EventArchived' });
  });
});

function proofIn(tree: FrameTree, index: number): Buffer[] | undefined {
  try {
    return proveInclusion(tree, index, 12);
  } catch {
    return undefined;
  }
}

async function isLeaf(
  log: LogReader,
  index: number,
  signed: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): Promise<boolean> {
  let at = 0;
  for await (const { hash } of log.read())
    if (at++ === index) return isIncluded({ ...signed, index, proof, leafHash: Buffer.from(hash, 'hex') });
  return false;
}
