import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import { SECRET_FILE } from './socket-files.ts';

const SECRET = /^[0-9a-f]{64}$/;
const OTHERS = 0o077;

/**
 * The secret of who serves a folder. It is trusted when nobody but this user, or root, can have written it; root trusts the
 * folder's owner, too.
 *
 * @throws KernelError `Unreachable` when there is none, `CapabilityDenied` when it may not be read or not be trusted
 */
export async function readSecret(dir: string): Promise<string> {
  const file = path.join(dir, SECRET_FILE);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const opened = await open(file, flags).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new KernelError('Unreachable', `nobody serves ${dir}`, { cause });
    throw new KernelError('CapabilityDenied', `${file} cannot be read by this user`, { cause });
  });
  try {
    const { uid, mode } = await opened.stat();
    if (!(await isTrusted(uid, dir)) || (mode & OTHERS) !== 0) {
      throw new KernelError('CapabilityDenied', `${file} may have been written by somebody else`);
    }
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(65), 0, 65, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    if (SECRET.test(text)) return text;
    throw new KernelError('Unreachable', `${file} is no secret`);
  } finally {
    await opened.close();
  }
}

async function isTrusted(owner: number, dir: string): Promise<boolean> {
  const own = process.geteuid?.();
  if (own === undefined || owner === own || owner === 0) return true;
  return own === 0 && owner === (await stat(dir)).uid;
}
