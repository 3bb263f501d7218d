import type { Hash, LogHead } from '@tksm/abstractions';
import { digestOf } from '../state/digest.ts';
import { snapshotDamaged } from './chunks.ts';
import { readSnapshot } from './snapshot.ts';

/** What a snapshot is of, once it has been read whole and its digest made anew. */
export interface CheckedSnapshot {
  readonly head: LogHead;
  readonly digest: Hash;
  /** Whether records have left its state: what they were is in the log and its index alone. */
  readonly hasRetired: boolean;
}

/** @throws KernelError `SnapshotDamaged` */
export async function checkSnapshot(bytes: AsyncIterable<Uint8Array>): Promise<CheckedSnapshot> {
  const { state, header } = await readSnapshot(bytes, async () => undefined);
  const { head, digest } = header;
  if (digestOf(state) !== digest)
    throw snapshotDamaged('its entries do not have the digest that was recorded');
  return { head, digest, hasRetired: state.retired.until > 0 };
}
