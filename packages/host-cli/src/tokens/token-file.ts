import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { KernelError, TOKEN_LIMITS } from '@tksm/abstractions';
import { nodeFiles } from '@tksm/drivers-segments';
import { readSource } from '../vars/read-value.ts';

/** Longer than any token, so that a longer text is seen to be none before all of it is read. */
const MOST_BYTES = TOKEN_LIMITS.characters + 1_024;

/** The token in a file. @throws KernelError `FileNotFound`, `FileUnreadable` */
export async function readToken(file: string): Promise<string> {
  return (await readSource(file, MOST_BYTES)).trim();
}

/** Writes a token to a new file, for its owner alone. @throws KernelError `UsageError`, `FileUnreadable` */
export async function writeToken(file: string, token: string): Promise<void> {
  let isOurs = false;
  try {
    await using handle = await open(file, 'wx', 0o600);
    isOurs = true;
    await handle.writeFile(`${token}\n`);
    await handle.sync();
    nodeFiles.flushFolder(path.dirname(path.resolve(file)));
  } catch (error) {
    if (isOurs) await rm(file, { force: true });
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'EEXIST') {
      throw new KernelError('UsageError', `${file} exists, and is not overwritten`, {
        data: { file },
        next: 'name another file, or remove this one',
      });
    }
    throw new KernelError('FileUnreadable', `cannot write ${file}: ${String(error.code)}`, {
      cause: error,
      data: { file },
      next: 'check the folder and its rights',
    });
  }
}
