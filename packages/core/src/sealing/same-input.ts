import { canonicalJson, NO_HASH, sealedRefOf, VALUE_TAGS } from '@tksm/abstractions';
import type { StoredValue, WorldView } from '@tksm/abstractions';
import { isErased } from './erasures.ts';
import { referencesIn, replaceReferences } from './tagged.ts';

/**
 * Whether two logged values are the same. What was erased cannot be compared any more and counts as the same: a command
 * that is repeated after an erasure gets its first outcome, and is not run again.
 */
export function isSameValue(a: StoredValue, b: StoredValue, world: WorldView): boolean {
  if (canonicalJson(a) === canonicalJson(b)) return true;
  if (!mentionsErased(a, world)) return false;
  return canonicalJson(withoutErased(a, world)) === canonicalJson(withoutErased(b, world));
}

/** Whether there is a value of somebody who was erased in it. */
export function mentionsErased(value: StoredValue, world: WorldView): boolean {
  for (const reference of referencesIn(value)) {
    const ref = sealedRefOf(reference);
    if (ref !== undefined && isErased(world, ref.subject)) return true;
  }
  return false;
}

function withoutErased(value: StoredValue, world: WorldView): StoredValue {
  return replaceReferences(value, (reference) => {
    const ref = sealedRefOf(reference);
    if (ref === undefined || !isErased(world, ref.subject)) return undefined;
    return { [VALUE_TAGS.sealed]: { ...ref, commitment: NO_HASH } };
  });
}
