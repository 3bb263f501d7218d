import { KernelError } from '@tksm/abstractions';
import type { StoredObject, StoredValue } from '@tksm/abstractions';

/** Every setting of the kernel is a variable whose name begins so. */
export const SETTING_PREFIX = 'tksm.';

/** Something of the kernel that is configured while it runs: a variable, so its history is in the log. */
export interface Setting<T> {
  /** Name of the variable. One that ends in a dot is a family: a key of its own follows. */
  readonly name: `tksm.${string}`;
  /** One sentence for people. */
  readonly summary: string;
  /** Which keys a family knows. Absent: any. */
  isKey?(key: string): boolean;
  /** What holds while the variable has no value. */
  readonly fallback: T;
  /** @throws KernelError `InvalidInput` */
  parse(value: StoredValue): T;
}

/** A setting as an object of known fields. @throws KernelError `InvalidInput` */
export function fieldsOf(value: StoredValue, known: readonly string[]): StoredObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidSetting(`an object with ${known.join(', ')} is expected`);
  }
  const fields = value as StoredObject;
  const unknown = Object.keys(fields).find((field) => !known.includes(field));
  if (unknown !== undefined) throw invalidSetting(`${unknown} is not one of ${known.join(', ')}`, unknown);
  return fields;
}

/** A number of a setting, `fallback` when it is not there. @throws KernelError `InvalidInput` */
export function numberIn(
  fields: StoredObject,
  field: string,
  { least, most, fallback, whole = true }: NumberRange,
): number {
  const value = fields[field];
  if (value === undefined && fallback !== undefined) return fallback;
  const fits = typeof value === 'number' && value >= least && value <= most;
  if (fits && (!whole || Number.isSafeInteger(value))) return value;
  throw invalidSetting(`${field} is a ${whole ? 'whole ' : ''}number from ${least} to ${most}`, field);
}

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** Taken when the field is absent; without one it must be there. */
  readonly fallback?: number;
  /** Default true. */
  readonly whole?: boolean;
}

export function invalidSetting(message: string, field?: string): KernelError {
  return new KernelError('InvalidInput', message, field === undefined ? {} : { data: { field } });
}
