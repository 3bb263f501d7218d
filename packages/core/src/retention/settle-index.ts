import type { IndexMark } from '@tksm/abstractions';
import { loadWithIndex } from './index-feed.ts';
import type { IndexedSource } from './index-feed.ts';

/**
 * Brings a zone's index up to its log and marks it there, so that nothing before the log's end is needed to make it
 * whole. Answers the mark; undefined when nothing has retired.
 *
 * @throws KernelError `NotRegistered` when the zone needs an index and has none; `DiskFull`, `StorageFailed`; what the log
 * refuses with
 */
export async function settleIndex(ports: IndexedSource): Promise<IndexMark | undefined> {
  const { state, head } = await loadWithIndex(ports);
  if (state.retired.until === 0) return undefined;
  const mark = { position: head.position, hash: head.hash };
  await ports.jobIndex?.write([], mark);
  return mark;
}
