import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { openDiskSnapshots } from './open-disk-snapshots.ts';
import { openDiskBlobs } from './open-disk-blobs.ts';
import type { DiskBlobsOptions } from './open-disk-blobs.ts';

/** Registers a blob store and a snapshot store in a folder. */
export function composeDisk(registrar: Registrar, options: DiskBlobsOptions): void {
  registrar.singleton(TOKENS.blobs, () => openDiskBlobs(options));
  registrar.singleton(TOKENS.snapshots, () => openDiskSnapshots(options));
}
