export { ROOT_KEYS_FOLDER, rootKeyIdOf } from './disk-root-keys.ts';
export { ed25519Key, ed25519KeyIfThere } from './ed25519-file.ts';
export { openDiskBlobs } from './open-disk-blobs.ts';
export type { DiskBlobsOptions } from './open-disk-blobs.ts';
export { openDiskRootKeys } from './open-disk-root-keys.ts';
export { openDiskSnapshots } from './open-disk-snapshots.ts';
export { openDiskVault } from './open-disk-vault.ts';
export type { DiskVaultOptions } from './open-disk-vault.ts';
