import type { StoredObject, StoredValue } from '@tksm/abstractions';

/** A place in a value, and the indexes that the stars of its pointer stood for. */
export interface Place {
  readonly path: readonly string[];
  readonly stars: readonly string[];
  readonly value: StoredValue;
}

/** The keys of a JSON pointer. Source: RFC 6901. */
export function keysOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function pointerOf(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The places of a value that a pointer names, where `*` is every item of a list, every member of an object. None where nothing stands. */
export function* placesOf(value: StoredValue, pointer: string): Generator<Place> {
  yield* below({ path: [], stars: [], value }, keysOf(pointer));
}

function* below(place: Place, keys: readonly string[]): Generator<Place> {
  const [key, ...rest] = keys;
  if (key === undefined) {
    yield place;
    return;
  }
  const { path, stars, value } = place;
  if (key === '*') {
    for (const [star, item] of Object.entries(value !== null && typeof value === 'object' ? value : {})) {
      yield* below({ path: [...path, star], stars: [...stars, star], value: item as StoredValue }, rest);
    }
    return;
  }
  const found = childOf(value, key);
  if (found !== undefined) yield* below({ path: [...path, key], stars, value: found }, rest);
}

/** What stands at a place, or undefined. */
export function valueAt(value: StoredValue, keys: readonly string[]): StoredValue | undefined {
  let found: StoredValue | undefined = value;
  for (const key of keys) found = found === undefined ? undefined : childOf(found, key);
  return found;
}

/** A copy of a value with other values at some places; what is not on the way to one is shared. */
export function withValuesAt(value: StoredValue, at: ReadonlyMap<string, StoredValue>): StoredValue {
  let copy = value;
  for (const [pointer, replacement] of at) copy = withValueAt(copy, keysOf(pointer), replacement);
  return copy;
}

function withValueAt(value: StoredValue, keys: readonly string[], replacement: StoredValue): StoredValue {
  const [key, ...rest] = keys;
  if (key === undefined) return replacement;
  const child = withValueAt(childOf(value, key) ?? null, rest, replacement);
  if (Array.isArray(value)) return (value as readonly StoredValue[]).with(Number(key), child);
  return { ...(value as StoredObject), [key]: child };
}

function childOf(value: StoredValue, key: string): StoredValue | undefined {
  const isInside = value !== null && typeof value === 'object' && Object.hasOwn(value, key);
  return isInside ? (value as StoredObject)[key] : undefined;
}
