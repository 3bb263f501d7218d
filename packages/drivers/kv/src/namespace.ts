// Guarantees: what a namespace's header says is the sum over its entries, since both are in one rewrite; no rewrite that
// makes it grow takes it beyond its quota.

import { KernelError } from '@tksm/abstractions';
import type { Rewrite, StoredValue, WorldView } from '@tksm/abstractions';
import { readEntry, sizeOf } from './entry.ts';
import type { Entry } from './entry.ts';
import { entryKey, headerKey } from './place.ts';
import type { Place } from './place.ts';

/** How much a namespace may hold. */
export interface KvQuota {
  readonly entries: number;
  /** Keys and JSON of values, in UTF-8. */
  readonly bytes: number;
}

/** What a namespace holds. */
interface Header {
  readonly [field: string]: StoredValue;
  readonly entries: number;
  readonly bytes: number;
}

const EMPTY: Header = Object.freeze({ entries: 0, bytes: 0 });

function headerOf(world: WorldView, ns: string): Header {
  return (world.get(headerKey(ns))?.value as Header | undefined) ?? EMPTY;
}

/** @throws KernelError `QuotaExceeded` */
export function putRewrite(world: WorldView, place: Place, entry: Entry, quota: KvQuota): Rewrite {
  const before = headerOf(world, place.ns);
  const old = readEntry(world, place);
  const entries = before.entries + (old === undefined ? 1 : 0);
  const bytes =
    before.bytes + sizeOf(place, entry.value) - (old === undefined ? 0 : sizeOf(place, old.value));
  if (entries > before.entries && entries > quota.entries) throw exceeded(place.ns, 'entries', quota.entries);
  if (bytes > before.bytes && bytes > quota.bytes) throw exceeded(place.ns, 'bytes', quota.bytes);
  return {
    puts: [
      [entryKey(place), entry],
      [headerKey(place.ns), { entries, bytes }],
    ],
  };
}

/** The header goes with the last entry. */
export function deleteRewrite(world: WorldView, place: Place, entry: Entry): Rewrite {
  const before = headerOf(world, place.ns);
  const entries = before.entries - 1;
  if (entries === 0) return { deletes: [entryKey(place), headerKey(place.ns)] };
  const bytes = before.bytes - sizeOf(place, entry.value);
  return { puts: [[headerKey(place.ns), { entries, bytes }]], deletes: [entryKey(place)] };
}

function exceeded(ns: string, what: 'entries' | 'bytes', quota: number): KernelError {
  return new KernelError('QuotaExceeded', `the namespace ${ns} would have more than ${quota} ${what}`, {
    data: { ns, what, quota },
  });
}
