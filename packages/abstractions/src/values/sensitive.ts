import type { Hash } from '../runtime/ids.ts';
import { VALUE_TAGS } from './value.ts';
import type { StoredObject, StoredValue, Value } from './value.ts';

/** A marked value that was taken out of a value on its way into the log. */
export interface SensitiveMark {
  /** JSON pointer to where it stood. */
  readonly path: string;
  readonly subject: string;
  readonly value: StoredValue;
}

/** What stands in the log for a sensitive value: whose it is, and what it was, without telling either. */
export interface SealedRef {
  readonly v: 1;
  /** Keyed hash of the subject's name. */
  readonly subject: Hash;
  /** SHA-256 over a salt and the value's canonical JSON; also the name of the body in the vault. */
  readonly commitment: Hash;
}

/** Longest name of a subject. */
const MAX_SUBJECT = 256;
/** Longest name of a secret. */
const MAX_SECRET_NAME = 256;
const HASH = /^[0-9a-f]{64}$/;

/**
 * Marks a value as somebody's. It may stand wherever values go: inputs, outputs, steps, facts, variables. It is sealed
 * before anything is logged, and can be erased.
 */
export function sensitive(value: Value, { subject }: { readonly subject: string }): Value {
  return { [VALUE_TAGS.sensitive]: { subject, value } };
}

/** The reference that a stored value is, or undefined. */
export function sealedRefOf(value: StoredValue): SealedRef | undefined {
  const ref = tagOf(value, VALUE_TAGS.sealed);
  return ref === undefined ? undefined : (ref as unknown as SealedRef);
}

/** The name of the secret that a stored value stands for, or undefined. */
export function secretRefOf(value: StoredValue): string | undefined {
  const name = tagOf(value, VALUE_TAGS.secret);
  return typeof name === 'string' ? name : undefined;
}

/** The mark in an object that has its tag; undefined when it is none. */
export function markOf(value: object): { readonly subject: string; readonly value: unknown } | undefined {
  const mark: unknown = (value as Record<string, unknown>)[VALUE_TAGS.sensitive];
  if (Object.keys(value).length !== 1 || typeof mark !== 'object' || mark === null) return undefined;
  const { subject, value: inner } = mark as { readonly subject?: unknown; readonly value?: unknown };
  const isNamed = typeof subject === 'string' && subject.length > 0 && subject.length <= MAX_SUBJECT;
  return isNamed && inner !== undefined ? { subject, value: inner } : undefined;
}

/** Whether an object is no sealed reference, or a whole one. */
export function checkSealed(stored: StoredObject): boolean {
  const ref = stored[VALUE_TAGS.sealed];
  if (ref === undefined) return true;
  if (Object.keys(stored).length !== 1 || typeof ref !== 'object' || ref === null) return false;
  const { v, subject, commitment, ...rest } = ref as StoredObject;
  return v === 1 && isHash(subject) && isHash(commitment) && Object.keys(rest).length === 0;
}

/** Whether an object is no reference to a secret, or a whole one. */
export function checkSecretRef(stored: StoredObject): boolean {
  const name = stored[VALUE_TAGS.secret];
  if (name === undefined) return true;
  const isNamed = typeof name === 'string' && name.length > 0 && name.length <= MAX_SECRET_NAME;
  return isNamed && Object.keys(stored).length === 1;
}

function tagOf(value: StoredValue, tag: string): StoredValue | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, tag) ? (value as StoredObject)[tag] : undefined;
}

function isHash(value: StoredValue | undefined): boolean {
  return typeof value === 'string' && HASH.test(value);
}
