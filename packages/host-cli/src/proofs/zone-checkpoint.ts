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
 * @throws KernelError `LogDamaged`, also when the log does not go on from the checkpoint signed last
 */
export async function signCheckpoint({ output }: Invocation, proving: Proving): Promise<FreshCheckpoint> {
  const { dir, log, key } = proving;
  const before = await lastCheckpoint(dir, key);
  const provable = await provableState(log);
  const { state, leaves } = provable;
  const { position, zone } = state;
  const origin = originOf(zone);
  if (before !== undefined && before.checkpoint.origin !== origin) throw forked(before.checkpoint);
  using tree = new FrameTree(dir);
  if (!tree.isWhole) output.notice(TREE_MADE_ANEW);
  const { size, root } = await treeOver(tree, log, position, before?.checkpoint);
  const checkpoint = { origin, size, root, position, digest: state.digest(), leaves };
  const note = signNote(writeCheckpoint(checkpoint), origin, key);
  await writeWhole(fileOf(dir), note);
  return { note, checkpoint, provable };
}

/** Size and root of the tree up to a position, grown from a checkpoint that was signed before. */
async function treeOver(
  tree: FrameTree,
  log: LogReader,
  until: Position,
  before: Checkpoint | undefined,
): Promise<{ readonly size: number; readonly root: Buffer }> {
  let isSameLog = before === undefined || tree.leadsTo(before);
  const from = before !== undefined && isSameLog ? before.size : 0;
  const grown = await tree.grow(log, from, {
    until,
    onFrame: (frontier) => {
      if (frontier.size === before?.size) isSameLog = frontier.root().equals(before.root);
    },
  });
  if (grown === undefined || !isSameLog) throw forked(before);
  return { size: grown.size, root: grown.root() };
}

/** The checkpoint that was signed last here; undefined when there is none that can be read. */
export async function lastCheckpoint(dir: string, key: KeyObject): Promise<SignedCheckpoint | undefined> {
  try {
    return openCheckpoint(await readFile(fileOf(dir), 'utf8'), key);
  } catch (error) {
    // A checkpoint is a copy of what was given out: a new one takes its place.
    if (isKernelError(error, 'ProofInvalid')) return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads a checkpoint that this folder's key has signed. @throws KernelError `ProofInvalid` */
export function openCheckpoint(note: string, key: KeyObject): SignedCheckpoint {
  const origin = note.slice(0, note.indexOf('\n'));
  return { note, checkpoint: readCheckpoint(openNote(note, verifierKeyOf(origin, key))) };
}

function forked({ size = 0, position = 0 }: Partial<Checkpoint> = {}): KernelError {
  return new KernelError(
    'LogDamaged',
    `the log does not go on from the checkpoint that was signed for its first ${size} frames`,
    {
      data: { size, position },
      next: 'find out whether the folder was rolled back or replaced; proofs/checkpoint is what was signed',
    },
  );
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
