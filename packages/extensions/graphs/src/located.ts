import type { StoredValue } from '@tksm/abstractions';

/** A value of a file that knows its line. A path is a text under the tag `!path`. */
export type Located = LocatedScalar | LocatedPath | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly is: 'scalar';
  readonly line: number;
  readonly value: null | boolean | number | string;
}
export interface LocatedPath {
  readonly is: 'path';
  readonly line: number;
  readonly text: string;
}
export interface LocatedList {
  readonly is: 'list';
  readonly line: number;
  readonly items: readonly Located[];
}
export interface LocatedMap {
  readonly is: 'map';
  readonly line: number;
  readonly entries: ReadonlyMap<string, Located>;
}

/** Every value inside a value, itself included. */
export function* valuesIn(value: Located): Generator<Located, void> {
  yield value;
  if (value.is === 'list') for (const item of value.items) yield* valuesIn(item);
  if (value.is === 'map') for (const item of value.entries.values()) yield* valuesIn(item);
}

/** The value as the file has it: expressions as text, paths marked. */
export function plainOf(value: Located): StoredValue {
  switch (value.is) {
    case 'scalar':
      return value.value;
    case 'path':
      return { $path: value.text };
    case 'list':
      return value.items.map(plainOf);
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, item]) => [key, plainOf(item)]));
  }
}
