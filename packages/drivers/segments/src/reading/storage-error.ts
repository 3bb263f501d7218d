import { KernelError } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';
import { errnoOf } from '../files/system-error.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'DiskFull',
  EDQUOT: 'DiskFull',
  EROFS: 'DataFolderReadOnly',
  EACCES: 'DataFolderReadOnly',
  EPERM: 'DataFolderReadOnly',
};

/** What an error of the file system means for the log: `DiskFull`, `DataFolderReadOnly`, else `StorageFailed`. */
export function storageError(errno: string, what: string, cause?: unknown): KernelError {
  const code = CODES[errno] ?? 'StorageFailed';
  return new KernelError(code, `${what}: ${errno}`, { data: { errno }, cause });
}

/** Runs something that touches files, and gives its errors the codes of TKSM. */
export async function onStorage<T>(what: string, call: () => Promise<T> | T): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw typed(error, what);
  }
}

/** An error of the file system with a code of TKSM; any other as it is. */
export function typed(error: unknown, what: string): unknown {
  const errno = errnoOf(error);
  return errno === undefined ? error : storageError(errno, what, error);
}
