import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hash } from '@tksm/abstractions';
import type { LogReader } from '@tksm/abstractions';
import { frameLeaf, genesisOf, MerkleFrontier, originOf, signNote, writeCheckpoint } from '@tksm/core';
import type { Checkpoint, Leaves } from '@tksm/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logOf } from '../../test/log-of-frames.ts';
import { checkProofs } from './check-proofs.ts';
import { FrameTree } from './frame-tree.ts';
import { signingKey } from './signing-key.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tksm-check-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const fileOf = (name: string): string => path.join(dir, 'proofs', name);

/** What a checkpoint of so many frames says. */
async function checkpointOf(log: LogReader, size: number, leaves: Leaves): Promise<Checkpoint> {
  const frontier = new MerkleFrontier();
  let [position, origin] = [0, ''];
  for await (const frame of log.read()) {
    if (frontier.size === size) break;
    if (frontier.size === 0) origin = originOf(genesisOf(frame).zone);
    frontier.append(frameLeaf(frame, leaves));
    position = frame.position + frame.count;
  }
  return { origin, size, root: frontier.root(), position, digest: hash('0'.repeat(64)), leaves };
}

/** Everything that lies under `proofs/` after a checkpoint of a log. */
async function prove(log: LogReader, size: number, leaves: Leaves): Promise<void> {
  using tree = new FrameTree(dir);
  await tree.extend(log);
  const checkpoint = await checkpointOf(log, size, leaves);
  writeFileSync(
    fileOf('checkpoint'),
    signNote(writeCheckpoint(checkpoint), checkpoint.origin, await signingKey(dir)),
  );
}

describe.each(['frames', 'events'] as const)(
  'the check of proofs (leaves of %s)',
  { timeout: 60_000 },
  (leaves) => {
    it('finds nothing where nothing is wrong, before and after the first proof, and writes nothing', async () => {
      const log = logOf(20, { leaves });
      const whole = { findings: [], broken: [], size: 20, position: (await log.head()).position };
      expect(await checkProofs(dir, log)).toEqual(whole);
      await prove(log, 12, leaves);
      const before = readdirSync(fileOf('.'));
      expect(await checkProofs(dir, logOf(33, { leaves }))).toMatchObject({ findings: [], size: 33 });
      expect(await checkProofs(dir, logOf(20, { leaves, from: 7 }))).toEqual(whole);
      expect(readdirSync(fileOf('.'))).toEqual(before);
    });

    it('finds every flipped byte in every file, and says whether it heals', async () => {
      const log = logOf(9, { leaves });
      await prove(log, 9, leaves);
      const silent: string[] = [];
      for (const name of readdirSync(fileOf('.'))) {
        const bytes = readFileSync(fileOf(name));
        for (let at = 0; at < bytes.length; at += 1) {
          writeFileSync(fileOf(name), bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))));
          const { findings } = await checkProofs(dir, log);
          const heals = name === 'frames' || name === 'nodes';
          if (!findings.some(({ isRebuildable }) => isRebuildable === heals)) silent.push(`${name} ${at}`);
        }
        writeFileSync(fileOf(name), bytes);
      }
      expect(silent).toEqual([]);
    });

    it('finds rows of archived frames that are damaged, which nothing can make anew', async () => {
      await prove(logOf(20, { leaves }), 20, leaves);
      const bytes = readFileSync(fileOf('frames'));
      writeFileSync(fileOf('frames'), bytes.with(44 * 3 + 20, 1));
      const { findings } = await checkProofs(dir, logOf(20, { leaves, from: 7 }));
      expect(findings).toContainEqual(
        expect.objectContaining({ file: 'proofs/frames', isRebuildable: false }),
      );
    });

    it('finds a log that is shorter than its proofs, or another one', async () => {
      await prove(logOf(20, { leaves }), 20, leaves);
      for (const log of [logOf(12, { leaves }), logOf(30, { leaves, seed: 'other' })]) {
        const { findings } = await checkProofs(dir, log);
        expect(
          findings.some(({ file, isRebuildable }) => file === 'proofs/checkpoint' && !isRebuildable),
        ).toBe(true);
      }
    });

    it('tells checkpoints that a rolled-back folder breaks, also when its proofs were rolled back with it', async () => {
      const newer = logOf(20, { leaves });
      const kept = [await checkpointOf(newer, 8, leaves), await checkpointOf(newer, 20, leaves)] as const;
      await prove(logOf(12, { leaves }), 12, leaves);
      expect(await checkProofs(dir, logOf(12, { leaves }), kept)).toMatchObject({
        findings: [],
        broken: [kept[1]],
      });
      expect(await checkProofs(dir, newer, kept)).toMatchObject({ broken: [] });
    });
  },
);
