import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import { isMissing, makeFolder, nodeFileSystem, syncFolder } from './file-system.ts';

/**
 * The Ed25519 key in a file: PKCS #8 PEM and its public key, for its owner alone. Made when it is first asked for; of two
 * processes that do, both get the one that came first. What is answered is durable.
 *
 * @throws KernelError `KeyDamaged`; what the file system says otherwise
 */
export async function ed25519Key(file: string): Promise<KeyObject> {
  return keyIn((await readIfThere(file)) ?? (await makeKey(file)), file);
}

/** The same, and undefined when there is none yet. */
export async function ed25519KeyIfThere(file: string): Promise<KeyObject | undefined> {
  const pem = await readIfThere(file);
  return pem === undefined ? undefined : keyIn(pem, file);
}

function keyIn(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    // A byte that changed nothing is a changed byte. Keys that were made before have no public part.
    const isWhole = pem === pemOf(key) || pem === privatePemOf(key);
    if (key.asymmetricKeyType === 'ed25519' && isWhole) return key;
  } catch {
    // Said below.
  }
  throw new KernelError('KeyDamaged', `${file} is not an Ed25519 key as it was written`, { data: { file } });
}

async function makeKey(file: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = pemOf(privateKey);
  const folder = path.dirname(file);
  await makeFolder(nodeFileSystem, folder, 0o700);
  // Nobody else makes this key, so nobody else writes to this name.
  const { x = '' } = privateKey.export({ format: 'jwk' });
  const temporary = `${file}.${x}.tmp`;
  try {
    await using handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(pem);
    await handle.sync();
    await link(temporary, file);
    await syncFolder(nodeFileSystem, folder);
    return pem;
  } catch (error) {
    const other = await readIfThere(file);
    if (other === undefined) throw error;
    return other;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The public part says whether the private one was changed: any 32 bytes are a private key. */
function pemOf(key: KeyObject): string {
  return privatePemOf(key) + createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
}

function privatePemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
