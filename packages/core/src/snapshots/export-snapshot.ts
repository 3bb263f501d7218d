import type { Hash, JobIndexReader, Position } from '@tksm/abstractions';
import { countRetired, retiredRows } from '../retention/retired-rows.ts';
import { digestOf } from '../state/digest.ts';
import { loadState } from './load-state.ts';
import type { StateSource } from './load-state.ts';
import { writeSnapshot } from './snapshot.ts';

/** A snapshot that stands for itself: with what has retired from its state. */
export interface ExportedSnapshot {
  readonly position: Position;
  readonly digest: Hash;
  /** Records that have retired and that the index lacks; without them it cannot be restored. */
  readonly missing: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * A snapshot of a log as it is now, as a stream of bytes to be kept anywhere and restored from. What has retired is taken
 * from the index.
 *
 * @throws KernelError `IndexDamaged`; what the log refuses with
 */
export async function exportSnapshot({
  index,
  ...source
}: Omit<StateSource, 'to'> & { readonly index?: JobIndexReader | undefined }): Promise<ExportedSnapshot> {
  const { state, head } = await loadState({ ...source, proves: true });
  const digest = digestOf(state);
  const retired = index && retiredRows(state, index);
  return {
    ...{ position: head.position, digest, missing: countRetired(state) - (retired?.count ?? 0) },
    bytes: writeSnapshot(state, { head, digest }, retired?.rows()),
  };
}
