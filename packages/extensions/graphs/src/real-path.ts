import { isUtf8 } from 'node:buffer';
import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';

const SLASH = 0x2f;

/**
 * The absolute path without links, so that two spellings of a place are one. What does not exist yet is taken as it is
 * written, below what does. Bytes when it is not UTF-8.
 *
 * @throws KernelError `InvalidInput`, `FileUnreadable`
 */
export function realPath(text: string, folder: string): Value {
  if (text === '' || text.includes('\0'))
    throw new KernelError('InvalidInput', `${JSON.stringify(text)} is no path`);
  const path = resolve(folder, text);
  let known = path;
  let real = existing(known);
  while (real === undefined) {
    known = dirname(known);
    real = existing(known);
  }
  const rest = path.slice(known.length).replace(/^\/+/, '');
  const between = rest === '' || real.at(-1) === SLASH ? '' : '/';
  const bytes = Buffer.concat([real, Buffer.from(between + rest)]);
  return isUtf8(bytes) ? bytes.toString('utf8') : new Uint8Array(bytes);
}

function existing(path: string): Buffer | undefined {
  try {
    return realpathSync(path, { encoding: 'buffer' });
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw new KernelError('FileUnreadable', `cannot resolve ${path}: ${errno}`, {
      data: { path, errno },
      cause: error,
    });
  }
}
