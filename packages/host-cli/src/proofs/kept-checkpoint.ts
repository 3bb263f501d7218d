import { KernelError } from '@tksm/abstractions';
import { openNote, readCheckpoint, verifierKeyOf } from '@tksm/core';
import type { SignedCheckpoint } from '@tksm/core';
import { openSegmentsReader } from '@tksm/drivers-segments';
import type { Invocation } from '../program/invocation.ts';
import { readSource } from '../vars/read-value.ts';
import { checkOrigin } from './proving.ts';
import { signingKeyIfThere } from './signing-key.ts';

/**
 * The checkpoint of `--against`, signed with the key of `--key` or else that of the folder, which may have been rolled back
 * or replaced together with the log.
 *
 * @throws KernelError `UsageError`, `FileNotFound`, `ForeignZone`, `ProofInvalid`
 */
export async function keptCheckpoint(
  { flags }: Invocation,
  dir: string,
): Promise<SignedCheckpoint | undefined> {
  const [file, given] = [flags.text('against'), flags.text('key')];
  if (file === undefined) {
    if (given === undefined) return undefined;
    throw new KernelError('UsageError', '--key is that of a checkpoint: name it with --against');
  }
  const note = await readSource(file);
  await using reader = {
    log: await openSegmentsReader({ dir }),
    [Symbol.asyncDispose]: () => reader.log.close(),
  };
  await checkOrigin(note, reader.log);
  const key = await signingKeyIfThere(dir);
  const origin = note.slice(0, note.indexOf('\n'));
  const verifierKey = given ?? (key && verifierKeyOf(origin, key));
  if (verifierKey === undefined) {
    throw new KernelError('UsageError', 'the folder has no key of its own to check the checkpoint with', {
      next: 'pass the verifier key with --key; tksm event checkpoint --key printed it',
    });
  }
  return { note, checkpoint: readCheckpoint(openNote(note, verifierKey)) };
}
