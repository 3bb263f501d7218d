import { fromStored, toStored } from '@tksm/abstractions';
import type { JobView, StateReader, StoredValue, Variable } from '@tksm/abstractions';
import { isErased, openSealed } from '@tksm/core';
import type { Opening } from '@tksm/core';
import { openDiskVault } from '@tksm/drivers-disk';

/** What stands for a value that is gone. */
const ERASED = '(erased)';

/** How what is sealed in a data folder is opened. */
export function openingOf(dir: string, state: StateReader): Opening {
  const world = state.world();
  return {
    vault: openDiskVault({ dir }),
    isErased: (subject) => isErased(world, subject),
    erased: () => ERASED,
  };
}

/** A job with what is sealed in it opened, as far as it is there. @throws KernelError `VaultDamaged` */
export async function revealed(job: JobView, dir: string, state: StateReader): Promise<JobView> {
  const opened = await openSealed(job as unknown as StoredValue, openingOf(dir, state));
  return opened as unknown as JobView;
}

/** A variable likewise. @throws KernelError `VaultDamaged` */
export async function revealedVariable(
  variable: Variable,
  dir: string,
  state: StateReader,
): Promise<Variable> {
  const value = await openSealed(toStored(variable.value), openingOf(dir, state));
  return { ...variable, value: fromStored(value) };
}
