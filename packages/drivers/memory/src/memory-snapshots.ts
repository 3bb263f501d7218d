import { KernelError } from '@tksm/abstractions';
import type { Position, SnapshotStore } from '@tksm/abstractions';

/** A SnapshotStore in memory, whose content a test can damage. */
export interface MemorySnapshots extends SnapshotStore {
  /** Flips one bit of a snapshot. @throws KernelError `SnapshotNotFound` */
  corrupt(position: Position, atByte?: number): void;
}

/** Keeps snapshots for as long as the process lives. */
export function createMemorySnapshots(): MemorySnapshots {
  const snapshots = new Map<Position, Uint8Array[]>();
  const found = (position: Position): Uint8Array[] => {
    const chunks = snapshots.get(position);
    if (chunks !== undefined) return chunks;
    throw new KernelError('SnapshotNotFound', `there is no snapshot at ${position}`, { data: { position } });
  };
  return {
    async write(position, content) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk.slice());
      snapshots.set(position, chunks);
    },
    async *read(position) {
      for (const chunk of found(position)) yield chunk.slice();
    },
    list: async () => [...snapshots.keys()].sort((a, b) => b - a),
    delete: async (position) => snapshots.delete(position),
    corrupt(position, atByte = 0) {
      let at = atByte;
      for (const chunk of found(position)) {
        if (at < chunk.length) chunk[at] = (chunk[at] ?? 0) ^ 1;
        at -= chunk.length;
        if (at < 0) return;
      }
    },
  };
}
