import type { KeyObject } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { LogReader, Position } from '@tksm/abstractions';
import { openNote, originOf, provableState } from '@tksm/core';
import { readCheckpoint, signNote, verifierKeyOf, writeCheckpoint } from '@tksm/core';
import type { Checkpoint, ProvableState, SignedCheckpoint } from '@tksm/core';
import type { Invocation } from '../program/invocation.ts';
import { FrameTree } from './frame-tree.ts';
import type { Proving } from './proving.ts';
import { rolledBack } from './rolled-back.ts';
import { stateSource } from './state-source.ts';

/** A checkpoint just made, with the state that it was made of. */
export interface FreshCheckpoint extends SignedCheckpoint {
  readonly provable: ProvableState;
}

/** What is said when a cache was not as it had been left. */
export const TREE_MADE_ANEW = 'the cached tree in proofs/ was not whole, and is made anew from the log';

const fileOf = (dir: string): string => path.join(dir, 'proofs', 'checkpoint');

/**
 * Signs what the log is now. What was signed before is taken from the cached tree, because it leads to that signature;
 * all else is read from the log, and folded.
 *
 * @param older another checkpoint that the log must go on from
 * @throws KernelError `LogDamaged`, also when the log does not go on from the checkpoint signed last; `ProofInvalid`
 */
export async function signCheckpoint(
  { output }: Invocation,
  proving: Proving,
  older?: Checkpoint,
): Promise<FreshCheckpoint> {
  const { dir, log, key } = proving;
  const last = (await lastCheckpoint(dir, key))?.checkpoint;
  const provable = await provableState(stateSource(proving));
  const { state, leaves } = provable;
  const { position, zone } = state;
  const origin = originOf(zone);
  const promises = [last, older].filter((each) => each !== undefined);
  const broken = promises.find((each) => each.origin !== origin || each.position > position);
  if (broken !== undefined) throw rolledBack(broken, position);
  using tree = new FrameTree(dir);
  const isCached = promises.every((each) => tree.leadsTo(each));
  if (!tree.isWhole) output.notice(TREE_MADE_ANEW);
  const { size, root } = await grown(tree, log, position, isCached ? promises : []);
  const unkept = promises.find((each) => !tree.leadsTo(each));
  if (unkept !== undefined) throw rolledBack(unkept, position);
  const checkpoint = { origin, size, root, position, digest: state.digest(), leaves };
  const note = signNote(writeCheckpoint(checkpoint), origin, key);
  await writeWhole(fileOf(dir), note);
  return { note, checkpoint, provable };
}

/** Size and root of the tree up to a position, grown from the newest of what was signed before. */
async function grown(
  tree: FrameTree,
  log: LogReader,
  until: Position,
  signed: readonly Checkpoint[],
): Promise<{ readonly size: number; readonly root: Buffer }> {
  const newest = signed.reduce<Checkpoint | undefined>((a, b) => (a && a.size > b.size ? a : b), undefined);
  const frontier = await tree.grow(log, newest?.size ?? 0, { until });
  if (frontier === undefined) throw rolledBack(newest ?? { size: 0, position: 0 }, until);
  return { size: frontier.size, root: frontier.root() };
}

/**
 * The checkpoint that was signed last here; undefined when there is none.
 *
 * @throws KernelError `ProofInvalid` when it and the key do not belong together
 */
export async function lastCheckpoint(dir: string, key: KeyObject): Promise<SignedCheckpoint | undefined> {
  try {
    return openCheckpoint(await readFile(fileOf(dir), 'utf8'), key);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    if (!isKernelError(error, 'ProofInvalid')) throw error;
    const message =
      'proofs/checkpoint and proofs/signing.key do not belong together: one of them was changed';
    throw new KernelError('ProofInvalid', message, {
      cause: error,
      next: 'put both back from a copy; move proofs/checkpoint away only if others know this very key',
    });
  }
}

/** Reads a checkpoint that this folder's key has signed. @throws KernelError `ProofInvalid` */
export function openCheckpoint(note: string, key: KeyObject): SignedCheckpoint {
  const origin = note.slice(0, note.indexOf('\n'));
  return { note, checkpoint: readCheckpoint(openNote(note, verifierKeyOf(origin, key))) };
}

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await using handle = await open(temporary, 'w');
    await handle.writeFile(text);
    await handle.sync();
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}
