import { isKernelError, KernelError } from '@tksm/abstractions';
import type { ErrorCode, StoredObject } from '@tksm/abstractions';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'FileNotFound',
  ENOTDIR: 'FileNotFound',
  EACCES: 'FileUnreadable',
  EPERM: 'FileUnreadable',
  EROFS: 'FileUnreadable',
  ELOOP: 'PathRefused',
  ENXIO: 'PathRefused',
  ENAMETOOLONG: 'InvalidInput',
  EEXIST: 'InvalidOperation',
  EISDIR: 'InvalidOperation',
  ENOTEMPTY: 'InvalidOperation',
  EBUSY: 'InvalidOperation',
  EXDEV: 'InvalidOperation',
  EAGAIN: 'FileBusy',
  ETXTBSY: 'FileBusy',
  EMFILE: 'ResourcesExhausted',
  ENFILE: 'ResourcesExhausted',
  ENOMEM: 'ResourcesExhausted',
  ENOSPC: 'DiskFull',
  EDQUOT: 'DiskFull',
  EFBIG: 'DiskFull',
};

/** The system's name of an error, for example `ENOENT`; undefined when it is not the system's. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'errno' in error && 'code' in error ? String(error.code) : undefined;
}

/** An error that names a path, as the caller wrote it. */
export function fileError(code: ErrorCode, path: string, why: string, next?: string): KernelError {
  const data = { path };
  return new KernelError(code, `${path} ${why}`, next === undefined ? { data } : { data, next });
}

/** What the system says of a path, as an error of TKSM. What else was thrown stays as it is. */
export function asFileError(error: unknown, doing: string, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || isKernelError(error)) return error;
  const data: StoredObject = { path, errno };
  // Without a cause: its message has paths of this process.
  return new KernelError(CODES[errno] ?? 'StorageFailed', `cannot ${doing} ${path}: ${errno}`, { data });
}

/** Runs something that touches a path; it fails as `asFileError` says. */
export async function onFile<T>(path: string, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFileError(error, doing, path);
  }
}
