import type { StoredValue, WorldView } from '@tksm/abstractions';
import { entryKey } from './place.ts';
import type { Place } from './place.ts';

/** What the world holds of a value. */
export interface Entry {
  readonly [field: string]: StoredValue;
  readonly value: StoredValue;
  /** Position of the event that put it: never the same again, not even after it was deleted. */
  readonly version: number;
  /** The call that put it, so that it is known when it is repeated. */
  readonly call: string;
}

export function readEntry(world: WorldView, place: Place): Entry | undefined {
  // Only this driver writes here.
  return world.get(entryKey(place))?.value as Entry | undefined;
}

/** What an entry counts for, in bytes: its key and the JSON of its value. */
export function sizeOf({ key }: Pick<Place, 'key'>, value: StoredValue): number {
  return Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(value));
}
