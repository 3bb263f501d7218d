import * as node from 'node:fs/promises';
import path from 'node:path';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';

/** The calls that a store makes; a test puts a failing or recording one in its place. */
export type FileSystem = Pick<
  typeof node,
  'mkdir' | 'open' | 'readdir' | 'rename' | 'rmdir' | 'stat' | 'unlink'
>;

export const nodeFileSystem: FileSystem = node;

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'DiskFull',
  EDQUOT: 'DiskFull',
  EROFS: 'DataFolderReadOnly',
  EACCES: 'DataFolderReadOnly',
  EPERM: 'DataFolderReadOnly',
};

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What a failed call of the file system means to a caller of the store. */
export function storageError(cause: unknown, what: string): KernelError {
  if (isKernelError(cause)) return cause;
  const systemCode = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const code = CODES[systemCode] ?? 'StorageFailed';
  return new KernelError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}

/** Runs a call of the file system, so that what it throws is a KernelError. */
export async function onDisk<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw storageError(cause, what);
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  // Windows can open no folder, and journals names by itself.
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder, and durably those above it that are missing. */
export async function makeFolder(fs: FileSystem, folder: string, mode?: number): Promise<void> {
  try {
    await fs.mkdir(folder, { mode });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    if (!isMissing(error)) throw error;
    const parent = path.dirname(folder);
    await makeFolder(fs, parent, mode);
    await syncFolder(fs, path.dirname(parent));
    await fs.mkdir(folder, { mode });
  }
}

export async function writeAll(handle: node.FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
}
