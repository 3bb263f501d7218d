import path from 'node:path';
import type { SnapshotStore } from '@tksm/abstractions';
import { DiskSnapshots } from './disk-snapshots.ts';
import { nodeFileSystem } from './file-system.ts';

/**
 * Snapshots as files `<dir>/snapshots/<position>.snap`. One process may write at a time, and one snapshot at a time; any
 * number may read.
 */
export function openDiskSnapshots({ dir }: { readonly dir: string }): SnapshotStore {
  return new DiskSnapshots(path.resolve(dir, 'snapshots'), nodeFileSystem);
}
