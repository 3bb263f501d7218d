import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';

/**
 * The Ed25519 key that signs a folder's checkpoints: `proofs/signing.key`, for its owner alone. Made when it is first
 * asked for; of two processes that do, both get the one that came first.
 *
 * @throws KernelError `FileUnreadable`
 */
export async function signingKey(dir: string): Promise<KeyObject> {
  const file = path.join(dir, 'proofs', 'signing.key');
  return keyIn((await readIfThere(file)) ?? (await makeKey(file)), file);
}

/** The same, and undefined when there is none yet. */
export async function signingKeyIfThere(dir: string): Promise<KeyObject | undefined> {
  const file = path.join(dir, 'proofs', 'signing.key');
  const pem = await readIfThere(file);
  return pem === undefined ? undefined : keyIn(pem, file);
}

function keyIn(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    // In its one form: a byte that changed nothing is a changed byte.
    if (key.asymmetricKeyType === 'ed25519' && pemOf(key) === pem) return key;
  } catch {
    // Said below.
  }
  throw new KernelError('FileUnreadable', `${file} is not an Ed25519 key`, {
    next: 'put the key back from a copy; without it, move the file away for a new key',
  });
}

async function makeKey(file: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = pemOf(privateKey);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await using handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(pem);
    await handle.sync();
    await link(temporary, file);
    return pem;
  } catch (error) {
    const other = await readIfThere(file);
    if (other === undefined) throw error;
    return other;
  } finally {
    await rm(temporary, { force: true });
  }
}

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
