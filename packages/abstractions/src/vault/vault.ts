import type { Hash } from '../runtime/ids.ts';

/** What a vault holds of one subject. */
export interface VaultSubject {
  readonly subject: Hash;
  /** Sealed values. */
  readonly bodies: number;
}

/**
 * Keys and sealed bodies of subjects, outside the log, so that they can be destroyed. It knows nothing of what it keeps:
 * core seals and opens. Guarantees: what `secret`, `key` and `put` have answered for is durable; what `erase` has answered
 * for is gone, durably, and an erasure that was begun is ended by the next one, however the process ended.
 *
 * All calls throw KernelError `DiskFull`, `DataFolderReadOnly`, `StorageFailed`.
 */
export interface Vault {
  /** The zone's secret, by which subjects are named. `fresh` becomes it where there is none; without that, undefined. */
  secret(fresh?: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * A subject's key. `fresh` becomes it where there is none; without that, undefined.
   *
   * @throws KernelError `ErasureUnderWay` for a fresh key from the start of an erasure until it is settled
   */
  key(subject: Hash, fresh?: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * Keeps a body. A name that is there keeps the bytes it has.
   *
   * @throws KernelError `ErasureUnderWay` from the start of an erasure until it is settled
   */
  put(subject: Hash, name: Hash, body: Uint8Array): Promise<void>;
  get(subject: Hash, name: Hash): Promise<Uint8Array | undefined>;
  /** Destroys a subject's key, then its bodies; answers how many. The erasure stays listed until it is settled. */
  erase(subject: Hash): Promise<number>;
  /** Erasures that were begun and are not settled. */
  erasing(): Promise<readonly Hash[]>;
  /** Forgets an erasure that has ended and is recorded: the subject may come back, under a key of its own. */
  settle(subject: Hash): Promise<void>;
  list(): AsyncIterable<VaultSubject>;
  close(): Promise<void>;
}
