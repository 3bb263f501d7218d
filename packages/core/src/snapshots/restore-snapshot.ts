import type { IndexMark, JobIndex, SnapshotStore } from '@tksm/abstractions';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import type { SnapshotHeader } from './snapshot.ts';

/** Where a zone goes on from a snapshot: both new, and beside a log that begins behind its head. */
export interface RestoredInto {
  readonly store: SnapshotStore;
  readonly index: JobIndex;
}

/**
 * Takes an exported snapshot in: its state as the first snapshot, what had retired into the index. To be checked before
 * (`checkSnapshot`).
 *
 * @throws KernelError `SnapshotDamaged`, `DiskFull`, `DataFolderReadOnly`, `StorageFailed`
 */
export async function restoreSnapshot(
  bytes: AsyncIterable<Uint8Array>,
  { store, index }: RestoredInto,
): Promise<void> {
  let mark: IndexMark | undefined;
  const { state, header } = await readSnapshot(bytes, {
    begins: async (said) => void (mark = markOf(said)),
    retired: async (rows) => {
      if (mark !== undefined) await index.write(rows, mark);
    },
  });
  // Once anything has retired there has to be an index that lacks nothing.
  if (state.retired.until > 0) await index.write([], markOf(header));
  await store.write(header.head.position, writeSnapshot(state, header));
}

function markOf({ head: { position, hash } }: SnapshotHeader): IndexMark {
  return { position, hash };
}
