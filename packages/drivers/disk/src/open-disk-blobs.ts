import type { BlobStore } from '@tksm/abstractions';
import { DiskBlobs } from './disk-blobs.ts';
import { nodeFileSystem } from './file-system.ts';

export interface DiskBlobsOptions {
  /** The data folder; blobs lie in `blobs` below it. Made by the first write. */
  readonly dir: string;
}

/**
 * A content-addressed blob store in a folder. One process may write to a folder at a time; any number may read. Its
 * calls fail with `BlobNotFound`, `BlobDamaged`, `DiskFull`, `DataFolderReadOnly` and `StorageFailed`, and `write` with
 * whatever its source throws.
 */
export function openDiskBlobs(options: DiskBlobsOptions): BlobStore {
  return new DiskBlobs(options.dir, nodeFileSystem);
}
