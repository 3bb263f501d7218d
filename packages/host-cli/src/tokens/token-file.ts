import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { isKernelError, KernelError, TOKEN_LIMITS } from '@tksm/abstractions';
import { nodeFiles } from '@tksm/drivers-segments';
import { readSource } from '../vars/read-value.ts';

/** Longer than any token, so that a longer text is seen to be none before all of it is read. */
const MOST_BYTES = TOKEN_LIMITS.characters + 1_024;

/** Whoever gives a token where its file is to be named gives a text like this one. */
const LIKE_A_TOKEN = /^[\w=-]{64,}$/;

/** The token in a file. @throws KernelError `FileNotFound`, `FileUnreadable`; of what looks like a token none repeats it */
export async function readToken(file: string): Promise<string> {
  try {
    return (await readSource(file, MOST_BYTES)).trim();
  } catch (error) {
    if (!isKernelError(error) || !LIKE_A_TOKEN.test(file)) throw error;
    throw new KernelError(error.code, 'there is no such file, and its name looks like a token', {
      next: 'name the file that holds the token, or - to read it from stdin; a command line is no place for it',
    });
  }
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
