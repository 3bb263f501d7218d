import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame } from '@tksm/abstractions';
import { createKernel, MerkleFrontier, originOf, provableState, signNote } from '@tksm/core';
import { verifierKeyOf, writeCheckpoint, writeConsistencyProof } from '@tksm/core';
import { writeEventProof, writeStateProof } from '@tksm/core';
import type { Checkpoint, MerkleNodes, ProvableState, SignedCheckpoint } from '@tksm/core';
import { openDiskBlobs } from '@tksm/drivers-disk';
import { seededRandom, VirtualClock } from '@tksm/drivers-memory';
import { openSegments, openSegmentsReader } from '@tksm/drivers-segments';

/** Commands in the log; enough for several segments of the size below. */
const COMMANDS = 24;
const SEGMENT_BYTES = 16 * 1024;

/** A log on disk, with everything that can be proved of it. */
export interface ProvedLog {
  readonly dir: string;
  readonly verifierKey: string;
  readonly checkpoint: SignedCheckpoint;
  readonly older: SignedCheckpoint;
  readonly proofs: Readonly<Record<'event' | 'consistency' | 'state' | 'zone', string>>;
  /** The proof of any event. */
  proveEvent(position: number): string;
}

export async function writeProvedLog(seed = 1): Promise<ProvedLog> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tksm-verify-'));
  await runKernel(dir, seed);
  const frames: Frame[] = [];
  const log = await openSegmentsReader({ dir });
  for await (const frame of log.read()) frames.push(frame);
  const { privateKey } = generateKeyPairSync('ed25519');
  const sign = async (size: number): Promise<SignedCheckpoint & { provable: ProvableState }> => {
    const last = frames[size - 1];
    const provable = await provableState(log, (last?.position ?? 0) + (last?.count ?? 0));
    const { zone, position } = provable.state;
    const origin = originOf(zone);
    const { root } = treeOf(frames.slice(0, size));
    const checkpoint: Checkpoint = { origin, size, root, position, digest: provable.state.digest() };
    return { checkpoint, note: signNote(writeCheckpoint(checkpoint), origin, privateKey), provable };
  };
  const [checkpoint, older] = [await sign(frames.length), await sign(Math.floor(frames.length / 2))];
  const { nodes } = treeOf(frames);
  const proveEvent = (position: number): string => {
    const index = frames.findLastIndex((frame) => frame.position <= position);
    const frame = frames[index];
    if (frame === undefined) throw new RangeError(`there is no event ${position}`);
    return writeEventProof(checkpoint, { position, frame, index }, nodes);
  };
  const proveState = (key: string): string => {
    const proof = checkpoint.provable.prove(key);
    if (proof === undefined) throw new RangeError(`there is no entry ${key}`);
    return writeStateProof(checkpoint, proof);
  };
  await log.close();
  return {
    ...{ dir, checkpoint, older, proveEvent },
    verifierKey: verifierKeyOf(checkpoint.checkpoint.origin, privateKey),
    proofs: {
      event: proveEvent(checkpoint.checkpoint.position - 1),
      consistency: writeConsistencyProof(checkpoint, older, nodes),
      state: proveState('world/var/runtime/name-3'),
      zone: proveState('zone'),
    },
  };
}

async function runKernel(dir: string, seed: number): Promise<void> {
  const clock = new VirtualClock();
  const log = await openSegments({ dir, clock, maxSegmentBytes: SEGMENT_BYTES });
  const ports = { clock, timers: clock, random: seededRandom(seed), blobs: openDiskBlobs({ dir }) };
  const kernel = await createKernel({ log, ...ports, kinds: [], concurrency: 0 });
  for (let at = 0; at < COMMANDS; at++) {
    const input = { name: `name-${at}`, value: { text: 'ä'.repeat(300), '10': at, b: [null, true, 1.5] } };
    await kernel.perform({ kind: 'var.set', input }, kernel.operator);
  }
  await kernel.stop();
}

function treeOf(frames: readonly Frame[]): { root: Buffer; nodes: MerkleNodes } {
  const levels: Buffer[][] = [];
  const frontier = new MerkleFrontier();
  for (const { hash } of frames) {
    const leaf = Buffer.from(hash, 'hex');
    for (const [level, node] of [leaf, ...frontier.append(leaf)].entries()) (levels[level] ??= []).push(node);
  }
  return {
    root: frontier.root(),
    nodes: {
      node(level, index) {
        const node = levels[level]?.[index];
        if (node === undefined) throw new RangeError(`there is no node ${index} of level ${level}`);
        return node;
      },
    },
  };
}
