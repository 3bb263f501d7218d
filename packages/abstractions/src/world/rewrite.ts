import type { StoredValue } from '../values/value.ts';

/** An atomic set of changes to the world. A key appears at most once. */
export interface Rewrite {
  readonly puts?: readonly (readonly [key: string, value: StoredValue])[];
  readonly deletes?: readonly string[];
}
