import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { ed25519Key, ed25519KeyIfThere } from '@tksm/drivers-disk';

/**
 * The Ed25519 key that signs a folder's checkpoints: `proofs/signing.key`, made when it is first asked for.
 *
 * @throws KernelError `KeyDamaged`
 */
export async function signingKey(dir: string): Promise<KeyObject> {
  return await ed25519Key(fileOf(dir));
}

/** The same, and undefined when there is none yet. */
export async function signingKeyIfThere(dir: string): Promise<KeyObject | undefined> {
  return await ed25519KeyIfThere(fileOf(dir));
}

const fileOf = (dir: string): string => path.join(dir, 'proofs', 'signing.key');
