import { KernelError } from '@tksm/abstractions';

/** Where a log first cannot be trusted. */
export interface Damage {
  /** First event that cannot be trusted. */
  readonly position: number;
  /** Name of the file, below the data folder. */
  readonly file: string;
  /** Where in the file, in bytes. */
  readonly offset: number;
  readonly why: string;
}

export function logDamaged({ position, file, offset, why }: Damage): KernelError {
  return new KernelError(
    'LogDamaged',
    `the log is damaged at event ${position} (${file}, byte ${offset}): ${why}`,
    {
      data: { position, file, offset, why },
    },
  );
}
