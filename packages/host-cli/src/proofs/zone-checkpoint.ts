import type { KeyObject } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { LogReader } from '@tksm/abstractions';
import { MerkleFrontier, openNote, originOf, provableState } from '@tksm/core';
import { readCheckpoint, signNote, verifierKeyOf, writeCheckpoint } from '@tksm/core';
import type { ProvableState, SignedCheckpoint } from '@tksm/core';

/** A checkpoint just made, with the state that it was made of. */
export interface FreshCheckpoint extends SignedCheckpoint {
  readonly provable: ProvableState;
}

const fileOf = (dir: string): string => path.join(dir, 'proofs', 'checkpoint');

/**
 * Signs what the log is now. Reads all of it: nothing that is signed comes from a cache.
 *
 * @throws KernelError `LogDamaged`, also when the log does not go on from the checkpoint signed last
 */
export async function signCheckpoint(dir: string, log: LogReader, key: KeyObject): Promise<FreshCheckpoint> {
  const before = await lastCheckpoint(dir, key);
  const frontier = new MerkleFrontier();
  let isSameLog = before === undefined;
  const provable = await provableState(
    watched(log, (hash) => {
      frontier.append(Buffer.from(hash, 'hex'));
      if (frontier.size === before?.checkpoint.size)
        isSameLog = frontier.root().equals(before.checkpoint.root);
    }),
  );
  const { state } = provable;
  const origin = originOf(state.zone);
  if (!isSameLog || (before !== undefined && before.checkpoint.origin !== origin)) throw forked(before);
  const checkpoint = {
    origin,
    size: frontier.size,
    root: frontier.root(),
    position: state.position,
    digest: state.digest(),
  };
  const note = signNote(writeCheckpoint(checkpoint), origin, key);
  await writeWhole(fileOf(dir), note);
  return { note, checkpoint, provable };
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

function watched(log: LogReader, onFrame: (hash: string) => void): LogReader {
  return {
    head: () => log.head(),
    async *read(options) {
      for await (const frame of log.read(options)) {
        onFrame(frame.hash);
        yield frame;
      }
    },
    close: () => log.close(),
  };
}

function forked(before: SignedCheckpoint | undefined): KernelError {
  const { size = 0, position = 0 } = before?.checkpoint ?? {};
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
