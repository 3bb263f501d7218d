import type { Hash, Logger, LogReader, Position, SnapshotStore } from '@tksm/abstractions';
import { digestOf } from '../state/digest.ts';
import { loadState } from './load-state.ts';
import { writeSnapshot } from './snapshot.ts';

/** Snapshots that are kept: the newest, and two to fall back on. */
const KEPT = 3;

export interface SnapshotSource {
  readonly log: LogReader;
  readonly store: SnapshotStore;
  readonly logger: Logger;
}

/**
 * Makes a snapshot of a log as it is now: of the newest good one and what came after. That one is checked on the way: its
 * entries must have the digest that was recorded with it. Old and bad ones are deleted. Answers undefined when there is
 * nothing new.
 *
 * @throws KernelError `LogDamaged`, `FormatTooNew`, `DiskFull`, `DataFolderReadOnly`, `StorageFailed`
 */
export async function makeSnapshot(
  source: SnapshotSource,
): Promise<{ readonly position: Position; readonly digest: Hash } | undefined> {
  const { store } = source;
  const { state, head, from, refused } = await loadState({ ...source, proves: true });
  if (head.position === from) return undefined;
  const digest = digestOf(state);
  await store.write(head.position, writeSnapshot(state, { head, digest }));
  for (const position of refused) if (position !== head.position) await store.delete(position);
  for (const position of (await store.list()).slice(KEPT)) await store.delete(position);
  return { position: head.position, digest };
}
