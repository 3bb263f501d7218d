import type { KernelPorts } from '../kernel/ports.ts';
import { loadWithIndex } from './index-feed.ts';

/**
 * Brings a zone's index up to its log and marks it there, so that nothing before the log's end is needed to make it whole.
 *
 * @throws KernelError `NotRegistered` when the zone needs an index and has none; `DiskFull`, `StorageFailed`; what the log
 * refuses with
 */
export async function settleIndex(
  ports: Pick<KernelPorts, 'log' | 'jobIndex' | 'logger' | 'snapshots'>,
): Promise<void> {
  const { state, head } = await loadWithIndex(ports);
  if (state.retired.until > 0) await ports.jobIndex?.write([], { position: head.position, hash: head.hash });
}
