import type { Vault } from '@tksm/abstractions';
import { DiskVault } from './disk-vault.ts';
import { nodeFileSystem } from './file-system.ts';

export interface DiskVaultOptions {
  /** The data folder; the vault lies in `vault` below it. Made by the first write. */
  readonly dir: string;
}

/** A vault in a folder that only its owner can read. One process may write to a folder at a time; any number may read. */
export function openDiskVault(options: DiskVaultOptions): Vault {
  return new DiskVault(options.dir, nodeFileSystem);
}
