import { VALUE_TAGS } from '@tksm/abstractions';
import type { StoredObject, StoredValue } from '@tksm/abstractions';

const DOLLAR = 36;
const REFERENCES: ReadonlySet<string> = new Set([
  VALUE_TAGS.output,
  VALUE_TAGS.job,
  VALUE_TAGS.sealed,
  VALUE_TAGS.secret,
]);

/** Whether a value is one that stands for another: an output, a job of its batch, a sealed value, a secret. */
export function isReference(value: StoredValue): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  for (const key in value) if (key.charCodeAt(0) === DOLLAR && REFERENCES.has(key)) return true;
  return false;
}

/** Whether there is such a value anywhere in it. */
export function hasReferences(value: StoredValue): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return (value as readonly StoredValue[]).some(hasReferences);
  for (const key in value as StoredObject) {
    if (key.charCodeAt(0) === DOLLAR && REFERENCES.has(key)) return true;
    if (hasReferences((value as StoredObject)[key] ?? null)) return true;
  }
  return false;
}

/** Every reference in a value. */
export function* referencesIn(value: StoredValue): Generator<StoredObject> {
  if (value === null || typeof value !== 'object') return;
  if (isReference(value)) yield value as StoredObject;
  else for (const item of Object.values(value) as StoredValue[]) yield* referencesIn(item);
}

/** A copy with references replaced by what `replace` gives for them; those it has nothing for stay. */
export function replaceReferences(
  value: StoredValue,
  replace: (reference: StoredObject) => StoredValue | undefined,
): StoredValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    return (value as readonly StoredValue[]).map((item) => replaceReferences(item, replace));
  }
  const object = value as StoredObject;
  if (isReference(object)) return replace(object) ?? object;
  return Object.fromEntries(
    Object.entries(object).map(([key, item]) => [key, replaceReferences(item, replace)]),
  );
}
