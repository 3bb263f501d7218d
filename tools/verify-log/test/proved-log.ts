import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noLogger } from '@tksm/abstractions';
import type { Frame } from '@tksm/abstractions';
import { createKernel, frameLeaf, MemoryTree, originOf, provableState, signNote } from '@tksm/core';
import { verifierKeyOf, writeCheckpoint, writeConsistencyProof } from '@tksm/core';
import { writeEventProof, writeStateProof } from '@tksm/core';
import type { Checkpoint, Leaves, ProvableState, SignedCheckpoint } from '@tksm/core';
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
  readonly leaves: readonly { readonly position: number; readonly leaf: Buffer }[];
  /** The proof of any event. */
  proveEvent(position: number): string;
}

export async function writeProvedLog(leaves: Leaves, seed = 1): Promise<ProvedLog> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tksm-verify-'));
  await runKernel(dir, leaves, seed);
  const frames: Frame[] = [];
  const log = await openSegmentsReader({ dir });
  for await (const frame of log.read()) frames.push(frame);
  const { privateKey } = generateKeyPairSync('ed25519');
  const sign = async (size: number): Promise<SignedCheckpoint & { provable: ProvableState }> => {
    const last = frames[size - 1];
    const provable = await provableState({
      log,
      logger: noLogger,
      to: (last?.position ?? 0) + (last?.count ?? 0),
    });
    const { zone, position } = provable.state;
    const origin = originOf(zone);
    const root = treeOf(frames.slice(0, size), leaves).root();
    const digest = provable.state.digest();
    const checkpoint: Checkpoint = { origin, size, root, position, digest, leaves: provable.leaves };
    return { checkpoint, note: signNote(writeCheckpoint(checkpoint), origin, privateKey), provable };
  };
  const [checkpoint, older] = [await sign(frames.length), await sign(Math.floor(frames.length / 2))];
  const nodes = treeOf(frames, leaves);
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
    leaves: frames.map((frame) => ({ position: frame.position, leaf: frameLeaf(frame, leaves) })),
    verifierKey: verifierKeyOf(checkpoint.checkpoint.origin, privateKey),
    proofs: {
      event: proveEvent(checkpoint.checkpoint.position - 1),
      consistency: writeConsistencyProof(checkpoint, older, nodes),
      state: proveState('world/var/runtime/name-3'),
      zone: proveState('zone'),
    },
  };
}

async function runKernel(dir: string, leaves: Leaves, seed: number): Promise<void> {
  const clock = new VirtualClock();
  const log = await openSegments({ dir, clock, maxSegmentBytes: SEGMENT_BYTES });
  const ports = { clock, timers: clock, random: seededRandom(seed), blobs: openDiskBlobs({ dir }) };
  const kernel = await createKernel({
    log,
    ...ports,
    kinds: [],
    concurrency: 0,
    eventLeaves: leaves === 'events',
  });
  const set = (at: number): Promise<unknown> => {
    const value = { text: 'ä'.repeat(300), '10': at, b: [null, true, 1.5, '"\\],{\n'] };
    return kernel.perform({ kind: 'var.set', input: { name: `name-${at}`, value } }, kernel.operator);
  };
  // Some alone in a frame, some together.
  for (let at = 0; at < COMMANDS; at += 6) {
    await set(at);
    await Promise.all([1, 2, 3, 4, 5].map((more) => set(at + more)));
  }
  await kernel.stop();
}

function treeOf(frames: readonly Frame[], leaves: Leaves): MemoryTree {
  return new MemoryTree(frames.map((frame) => frameLeaf(frame, leaves)));
}
