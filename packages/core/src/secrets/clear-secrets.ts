import { isSecretName, KernelError, VALUE_TAGS } from '@tksm/abstractions';
import type { AnyKind, StoredObject, StoredValue } from '@tksm/abstractions';
import { placesOf, pointerOf } from '../sealing/places.ts';
import { isReference } from '../sealing/tagged.ts';
import { secretPlaces } from './secret-places.ts';

/** @throws KernelError `SecretInClear` with `data.at` when an input holds a secret itself, instead of its name */
export function refuseClearSecrets(
  kind: Pick<AnyKind, 'name' | 'input' | 'secrets'>,
  input: StoredValue,
): void {
  for (const pointer of secretPlaces(kind)) {
    for (const { path, value } of placesOf(input, pointer)) {
      if (value !== null && !isReference(value)) throw inClear(`the input of ${kind.name}`, pointerOf(path));
    }
  }
}

/** @throws KernelError `SecretInClear` for a variable that looks like a secret by its name, or by that of a field */
export function refuseClearSecretVariable(name: string, value: StoredValue): void {
  const at = secretTextIn(value, isSecretName(name), []);
  if (at !== undefined) throw inClear(`the variable ${name}`, pointerOf(at));
}

/** Where a text or bytes stand under a name that looks like a secret's; undefined when nowhere. */
function secretTextIn(
  value: StoredValue,
  isSecret: boolean,
  path: readonly string[],
): readonly string[] | undefined {
  if (value === null || typeof value !== 'object') {
    return isSecret && typeof value === 'string' && value !== '' ? path : undefined;
  }
  if (isReference(value)) return undefined;
  for (const [key, item] of Object.entries(value as StoredObject)) {
    const found = secretTextIn(item, isSecret || isSecretName(key), [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Nothing of the value is in the error: it may be logged, or shown to others. */
function inClear(where: string, at: string): KernelError {
  const message = `${where} has a secret in clear${at === '' ? '' : ` at ${at}`}; it takes {"${VALUE_TAGS.secret}": NAME}`;
  return new KernelError('SecretInClear', message, { data: { at } });
}
