/** A key that signs the first block of tokens. */
export interface RootKey {
  /** From 1; tokens name the key that signed them by it. */
  readonly id: number;
  /** Seed of an Ed25519 key (RFC 8032), 32 bytes. */
  readonly seed: Uint8Array;
}

/** Most root keys that a zone has at a time: the one that signs, and those whose tokens still live. */
export const MAX_ROOT_KEYS = 16;

/**
 * The keys that a zone's tokens hang from. Guarantees: what was answered is durable; the newest key signs, the older ones go on
 * verifying until they are removed; an id is never given to another key.
 *
 * All calls throw KernelError `KeyDamaged`, `DiskFull`, `DataFolderReadOnly`, `StorageFailed`.
 */
export interface RootKeys {
  /** From the oldest to the newest; empty before the first token. */
  list(): Promise<readonly RootKey[]>;
  /** The key that signs; made when it is first asked for. */
  newest(): Promise<RootKey>;
  /**
   * Makes another key, which signs from now on.
   *
   * @throws KernelError `InvalidOperation` when there are `MAX_ROOT_KEYS`
   */
  rotate(): Promise<RootKey>;
  /**
   * Destroys a key: no token that hangs from it is valid from now on. Answers whether there was one.
   *
   * @throws KernelError `InvalidOperation` for the newest
   */
  remove(id: number): Promise<boolean>;
}
