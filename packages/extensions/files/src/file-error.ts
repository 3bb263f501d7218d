import { KernelError, toStored } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';
import { pathBytes, pathText, pathValue } from './path-value.ts';
import type { PathValue } from './path-value.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'FileNotFound',
  ENOTDIR: 'FileNotFound',
  EACCES: 'FileUnreadable',
  EPERM: 'FileUnreadable',
  EROFS: 'FileUnreadable',
  ELOOP: 'FileUnreadable',
  EISDIR: 'FileUnreadable',
  ENAMETOOLONG: 'InvalidInput',
  EMFILE: 'ResourcesExhausted',
  ENFILE: 'ResourcesExhausted',
  ENOMEM: 'ResourcesExhausted',
  ENOSPC: 'DiskFull',
  EDQUOT: 'DiskFull',
};

/** The system's name of an error, for example `ENOENT`. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/**
 * An error of the file system as TKSM has it. Those that another attempt may cure are retryable: `StorageFailed`,
 * `ResourcesExhausted`, `DiskFull`.
 */
export function fileError(error: unknown, path: PathValue, doing: string): KernelError {
  const errno = errnoOf(error);
  return fileProblem(CODES[errno] ?? 'StorageFailed', path, `cannot ${doing} ${pathText(path)}: ${errno}`, {
    errno,
  });
}

/** An error that names a file. */
export function fileProblem(
  code: ErrorCode,
  path: PathValue,
  message: string,
  data: Readonly<Record<string, string>> = {},
): KernelError {
  return new KernelError(code, message, { data: { path: toStored(pathValue(pathBytes(path))), ...data } });
}
