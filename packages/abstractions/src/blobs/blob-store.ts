import type { Hash } from '../runtime/ids.ts';

/** Names a blob: its content's hash, and how long it is. Storable as a value; when an output holds one, the blob must not go missing. */
export interface BlobRef {
  readonly hash: Hash;
  readonly size: number;
}

/** Immutable content-addressed bytes. */
export interface BlobStore {
  /**
   * Stores a stream. The reference is given out only after the bytes are durable under their name.
   *
   * @throws KernelError `DiskFull`, `DataFolderReadOnly`, `StorageFailed`; what the content throws, unchanged
   */
  write(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<BlobRef>;
  /**
   * The bytes, checked against their hash while they are read; the check fails before the stream ends.
   *
   * @throws KernelError `BlobNotFound`, `BlobDamaged`
   */
  read(hash: Hash): AsyncIterable<Uint8Array>;
  /** Size in bytes, or undefined when there is no such blob. */
  stat(hash: Hash): Promise<BlobRef | undefined>;
  delete(hash: Hash): Promise<boolean>;
  list(): AsyncIterable<BlobRef>;
  close(): Promise<void>;
}
