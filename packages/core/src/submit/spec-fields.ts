import { KernelError, toStored } from '@tksm/abstractions';

/** Longest text in a job's contract, in UTF-16 units. */
const MAX_TEXT_LENGTH = 256;
/** Longest time that a job's contract may name: 30 days. */
export const LONGEST_MS = 30 * 86_400_000;

/** A list as it came from a caller; what is absent is empty. @throws KernelError `InvalidSpec` */
export function list<T>(value: unknown, field: string): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(field, 'is a list');
  return value as readonly T[];
}

export function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_TEXT_LENGTH) {
    throw invalid(field, `has 1 to ${MAX_TEXT_LENGTH} characters`);
  }
  toStored(value);
  return value;
}

export function number(value: unknown, field: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw invalid(field, `is a number from ${least} to ${most}`);
  }
  return value;
}

export function whole(value: unknown, field: string, least: number, most: number): number {
  if (!Number.isSafeInteger(value)) throw invalid(field, `is a whole number from ${least} to ${most}`);
  return number(value, field, least, most);
}

export function oneOf<T extends string>(value: unknown, field: string, allowed: readonly T[]): T {
  const found = allowed.find((option) => option === value);
  if (found === undefined) throw invalid(field, `is one of ${allowed.join(', ')}`);
  return found;
}

export function bounded<T>(entries: readonly T[], field: string, most: number): readonly T[] {
  if (entries.length > most) throw invalid(field, `has at most ${most} entries`);
  return [...entries];
}

export function invalid(field: string, rule: string): KernelError {
  return new KernelError('InvalidSpec', `${field} ${rule}`, { data: { field } });
}
