import type { Hash, LogHead } from '@tksm/abstractions';
import { countRetired } from '../retention/retired-rows.ts';
import { digestOf } from '../state/digest.ts';
import { snapshotDamaged } from './chunks.ts';
import { readSnapshot } from './snapshot.ts';

/** What a snapshot is of, once it has been read whole and its digest made anew. */
export interface CheckedSnapshot {
  readonly head: LogHead;
  readonly digest: Hash;
  /** Records that have left its state and are not in it: what they were is in the log and its index alone. */
  readonly missing: number;
}

/** @throws KernelError `SnapshotDamaged` */
export async function checkSnapshot(bytes: AsyncIterable<Uint8Array>): Promise<CheckedSnapshot> {
  let found = 0;
  const { state, header } = await readSnapshot(bytes, {
    retired: async ({ length }) => void (found += length),
  });
  const { head, digest } = header;
  if (digestOf(state) !== digest)
    throw snapshotDamaged('its entries do not have the digest that was recorded');
  return { head, digest, missing: countRetired(state) - found };
}
