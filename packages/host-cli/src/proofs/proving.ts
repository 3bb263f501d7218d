import type { KeyObject } from 'node:crypto';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Frame, LogReader, Position } from '@tksm/abstractions';
import { genesisOf, originOf, verifierKeyOf } from '@tksm/core';
import type { SignedCheckpoint } from '@tksm/core';
import { openSegmentsReader } from '@tksm/drivers-segments';
import type { Invocation } from '../program/invocation.ts';
import { readSource } from '../vars/read-value.ts';
import { dataFolder } from '../zone/configuration.ts';
import { FrameTree } from './frame-tree.ts';
import { onProofStorage } from './proof-storage.ts';
import { signingKey } from './signing-key.ts';
import { openCheckpoint, TREE_MADE_ANEW } from './zone-checkpoint.ts';

/** A data folder that proofs are made of. */
export interface Proving {
  readonly dir: string;
  readonly log: LogReader;
  readonly key: KeyObject;
}

/** Opens the folder of a command, does what it says, and closes it. */
export async function withProofs(
  call: Invocation,
  work: (proving: Proving) => Promise<number>,
): Promise<number> {
  const dir = await dataFolder(call);
  const log = await openSegmentsReader({ dir });
  try {
    return await onProofStorage(dir, async () => await work({ dir, log, key: await signingKey(dir) }));
  } finally {
    await log.close();
  }
}

/** The checkpoint in the file that a flag names. @throws KernelError `FileNotFound`, `ForeignZone`, `ProofInvalid` */
export async function givenCheckpoint(
  { flags }: Invocation,
  flag: string,
  { log, key }: Pick<Proving, 'log' | 'key'>,
): Promise<SignedCheckpoint | undefined> {
  const file = flags.text(flag);
  if (file === undefined) return undefined;
  const note = await readSource(file);
  await checkOrigin(note, log);
  return openCheckpoint(note, key);
}

/** Tells a checkpoint of another zone from one that is not to be believed. @throws KernelError `ForeignZone` */
export async function checkOrigin(note: string, log: LogReader): Promise<void> {
  for await (const frame of log.read()) {
    if (frame.position > 0) return;
    const origin = originOf(genesisOf(frame).zone);
    const [given = ''] = note.split('\n');
    if (given === origin || !given.startsWith('tksm/zone/')) return;
    throw new KernelError('ForeignZone', `the checkpoint is one of ${given}, and this is ${origin}`, {
      data: { checkpoint: given, folder: origin },
    });
  }
}

/**
 * Makes a proof with the cached tree; when nothing true comes out of it, with one that is made anew.
 *
 * @throws KernelError `ProofInvalid` when the log itself is not the one that was signed for
 */
export async function withTree<T>(
  { output }: Invocation,
  { dir, log }: Proving,
  prove: (tree: FrameTree) => Promise<T>,
): Promise<T> {
  using tree = new FrameTree(dir);
  if (!(await tree.extend(log)) || !tree.isWhole) output.notice(TREE_MADE_ANEW);
  try {
    return await prove(tree);
  } catch (error) {
    if (!isKernelError(error, 'ProofInvalid')) throw error;
  }
  output.notice(TREE_MADE_ANEW);
  await tree.rebuild(log);
  return await prove(tree);
}

/** The frame that holds a position. */
export async function frameAt(log: LogReader, position: Position): Promise<Frame> {
  for await (const frame of log.read({ from: position })) {
    if (frame.position <= position) return frame;
    const data = { position, first: frame.position };
    throw new KernelError(
      'EventArchived',
      `event ${position} is not in this log, which begins at ${frame.position}`,
      {
        data,
      },
    );
  }
  const { position: events } = await log.head();
  throw new KernelError('EventNotFound', `there is no event ${position}: the log has ${events}`, {
    data: { position, events },
  });
}

/** Says how others check what was printed. */
export function sayVerifierKey({ output }: Invocation, key: KeyObject, origin: string): void {
  output.notice(`verifier key: ${verifierKeyOf(origin, key)}`);
}
