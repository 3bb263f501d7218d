import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { openDiskRootKeys } from './open-disk-root-keys.ts';
import { openDiskSnapshots } from './open-disk-snapshots.ts';
import { openDiskVault } from './open-disk-vault.ts';
import { openDiskBlobs } from './open-disk-blobs.ts';
import type { DiskBlobsOptions } from './open-disk-blobs.ts';

/** Registers a blob store, a snapshot store, a vault and root keys in a folder. */
export function composeDisk(registrar: Registrar, options: DiskBlobsOptions): void {
  registrar.singleton(TOKENS.blobs, () => openDiskBlobs(options));
  registrar.singleton(TOKENS.snapshots, () => openDiskSnapshots(options));
  registrar.singleton(TOKENS.vault, () => openDiskVault(options));
  registrar.singleton(TOKENS.rootKeys, () => openDiskRootKeys(options));
}
