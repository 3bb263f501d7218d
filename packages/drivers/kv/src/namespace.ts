// Guarantees: what a namespace's header says is the sum over its entries, and the header of all namespaces is the sum over
// theirs, since they are in one rewrite; no rewrite that makes one of them grow takes it beyond its quota.

import { KernelError } from '@tksm/abstractions';
import type { Rewrite, StoredValue, WorldView } from '@tksm/abstractions';
import { readEntry, sizeOf } from './entry.ts';
import type { Entry } from './entry.ts';
import { entryKey, headerKey, TOTAL_KEY } from './place.ts';
import type { Place } from './place.ts';

/** How much a namespace may hold, or all of them. */
export interface KvQuota {
  readonly entries: number;
  /** Keys and JSON of values, in UTF-8. */
  readonly bytes: number;
}

/** The quota of each namespace, and of all together. */
export interface KvQuotas {
  readonly total: KvQuota;
  of(ns: string): KvQuota;
}

/** What a namespace holds, or all of them. */
interface Header {
  readonly [field: string]: StoredValue;
  readonly entries: number;
  readonly bytes: number;
}

const EMPTY: Header = Object.freeze({ entries: 0, bytes: 0 });

/** @throws KernelError `QuotaExceeded` */
export function putRewrite(world: WorldView, place: Place, entry: Entry, quotas: KvQuotas): Rewrite {
  const old = readEntry(world, place);
  const growth: Header = {
    entries: old === undefined ? 1 : 0,
    bytes: sizeOf(place, entry.value) - (old === undefined ? 0 : sizeOf(place, old.value)),
  };
  const own = headerAfter(world, headerKey(place.ns), growth);
  const total = headerAfter(world, TOTAL_KEY, growth);
  checkQuota(`the namespace ${place.ns}`, own, growth, quotas.of(place.ns), { ns: place.ns });
  checkQuota('all namespaces together', total, growth, quotas.total);
  return {
    puts: [
      [entryKey(place), entry],
      [headerKey(place.ns), own],
      [TOTAL_KEY, total],
    ],
  };
}

/** A header goes with the last entry. */
export function deleteRewrite(world: WorldView, place: Place, entry: Entry): Rewrite {
  const growth: Header = { entries: -1, bytes: -sizeOf(place, entry.value) };
  const headers = [headerKey(place.ns), TOTAL_KEY].map(
    (key) => [key, headerAfter(world, key, growth)] as const,
  );
  const puts = headers.filter(([, { entries }]) => entries > 0);
  const gone = headers.filter(([, { entries }]) => entries === 0).map(([key]) => key);
  return { ...(puts.length > 0 && { puts }), deletes: [entryKey(place), ...gone] };
}

function headerAfter(world: WorldView, key: string, growth: Header): Header {
  // Only this driver writes here.
  const { entries, bytes } = (world.get(key)?.value as Header | undefined) ?? EMPTY;
  return { entries: entries + growth.entries, bytes: bytes + growth.bytes };
}

/** What does not grow may be beyond its quota, from when there was a larger one. */
function checkQuota(
  subject: string,
  after: Header,
  growth: Header,
  quota: KvQuota,
  data: { readonly ns?: string } = {},
): void {
  for (const what of ['entries', 'bytes'] as const) {
    if (growth[what] <= 0 || after[what] <= quota[what]) continue;
    throw new KernelError('QuotaExceeded', `${subject} would have more than ${quota[what]} ${what}`, {
      data: { ...data, what, quota: quota[what] },
    });
  }
}
