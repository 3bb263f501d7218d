import type { RootKeys } from '@tksm/abstractions';
import { DiskRootKeys } from './disk-root-keys.ts';

/** The root keys of a data folder, in `authority` below it, for its owner alone. Any number of processes may use them. */
export function openDiskRootKeys(options: { readonly dir: string }): RootKeys {
  return new DiskRootKeys(options.dir);
}
