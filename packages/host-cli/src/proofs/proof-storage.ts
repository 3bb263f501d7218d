import { KernelError } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';

const CODES: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'DataFolderReadOnly',
  EPERM: 'DataFolderReadOnly',
  EROFS: 'DataFolderReadOnly',
  ENOSPC: 'DiskFull',
};

/** Does something with the files under `proofs`. @throws KernelError `DataFolderReadOnly`, `DiskFull`, `StorageFailed` */
export async function onProofStorage<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error) || !('code' in error)) throw error;
    const code = CODES[String(error.code)] ?? 'StorageFailed';
    throw new KernelError(code, `the proofs of ${dir} could not be kept: ${error.message}`, { cause: error });
  }
}
