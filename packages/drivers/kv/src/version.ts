import { KernelError } from '@tksm/abstractions';
import type { ZodType } from 'zod';
import type { Entry } from './entry.ts';
import type { Place } from './place.ts';

/** The version that has to be there; null: nothing may be. */
export type ExpectedVersion = number | null;

export function versionField({ int }: typeof import('zod').z): ZodType<number> {
  return int().nonnegative();
}

/** @throws KernelError `PreconditionFailed`, which tells the version that is there */
export function checkVersion(
  place: Place,
  entry: Entry | undefined,
  expected: ExpectedVersion | undefined,
): void {
  const version = entry?.version ?? null;
  if (expected === undefined || expected === version) return;
  const { ns, key } = place;
  const found = version === null ? 'is not there' : `has the version ${version}`;
  const message = `${ns}/${key} ${found}, not ${expected === null ? 'absent' : expected}`;
  throw new KernelError('PreconditionFailed', message, { data: { ns, key, version } });
}
