import type { Hash, StoredValue } from '@tksm/abstractions';

/** Whose a part is: a name, or the hash of one that is sealed already. */
export type Owner = { readonly name: string } | { readonly hash: Hash };

/** A value that is to be sealed where it stands. */
export interface Part {
  /** JSON pointer. */
  readonly path: string;
  readonly owner: Owner;
  readonly value: StoredValue;
}
