import path from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import { ed25519KeyIfThere, ROOT_KEYS_FOLDER, rootKeyIdOf } from '@tksm/drivers-disk';
import { namesIn, strayFile } from './file-faults.ts';
import type { FolderCheck } from './folder-check.ts';

/** The keys that tokens hang from (ADR 45). */
export const rootKeysCheck: FolderCheck = {
  entries: [ROOT_KEYS_FOLDER],
  async *check({ dir }) {
    for (const name of await namesIn(path.join(dir, ROOT_KEYS_FOLDER))) {
      const file = `${ROOT_KEYS_FOLDER}/${name}`;
      if (rootKeyIdOf(name) === undefined) yield strayFile(file);
      else if (!(await isKey(path.join(dir, file)))) {
        yield { kind: 'damaged', file, why: 'it is not an Ed25519 key as it was written' };
      }
    }
  },
};

async function isKey(file: string): Promise<boolean> {
  try {
    await ed25519KeyIfThere(file);
    return true;
  } catch (error) {
    if (isKernelError(error, 'KeyDamaged')) return false;
    throw error;
  }
}
