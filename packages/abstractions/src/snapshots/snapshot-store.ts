import type { Position } from '../runtime/ids.ts';

/**
 * Keeps snapshots of a zone's state as bytes, each named by its position. It need not understand or check them: whoever
 * reads one does.
 */
export interface SnapshotStore {
  /**
   * Stores a snapshot, in place of one at the same position. It can be seen only once it is whole and durable.
   *
   * @throws KernelError `DiskFull`, `DataFolderReadOnly`, `StorageFailed`; what the content throws, unchanged
   */
  write(position: Position, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws KernelError `SnapshotNotFound`, `StorageFailed` */
  read(position: Position): AsyncIterable<Uint8Array>;
  /** Positions, newest first. */
  list(): Promise<readonly Position[]>;
  /** Whether there was one. */
  delete(position: Position): Promise<boolean>;
}

/** Makes snapshots of a zone's log elsewhere than on the loop of its kernel. */
export interface SnapshotMaker {
  /** Makes one of the log as it is on storage, and settles when it is done or has failed. */
  make(): Promise<void>;
}
