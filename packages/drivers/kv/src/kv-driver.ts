import { KernelError } from '@tksm/abstractions';
import type { Driver } from '@tksm/abstractions';
import { deleteOperation } from './delete.ts';
import { getOperation } from './get.ts';
import { listOperation } from './list.ts';
import type { KvQuota } from './namespace.ts';
import { putOperation } from './put.ts';

export interface KvOptions {
  /** What each namespace may hold. Default: 10,000 entries, 16 MiB. */
  readonly quota?: Partial<KvQuota>;
  /** What some may, by name; what they do not say is as for all. */
  readonly quotas?: Readonly<Record<string, Partial<KvQuota>>>;
  /** What all together may hold, whatever each of them may. Default: 100,000 entries, 256 MiB. */
  readonly total?: Partial<KvQuota>;
}

const DEFAULT_QUOTA: KvQuota = Object.freeze({ entries: 10_000, bytes: 16_777_216 });
const DEFAULT_TOTAL: KvQuota = Object.freeze({ entries: 100_000, bytes: 268_435_456 });

/**
 * The driver `kv`: values under keys in namespaces, in the zone's own world, so that they are in its log, its digest and its
 * snapshots. Operations `get`, `put`, `delete` and `list`, behind `kv.OPERATION:NAMESPACE/KEY`; for a whole namespace `kv.list:NAMESPACE`.
 *
 * @throws KernelError `InvalidSpec` for a quota that is no whole number
 */
export function kvDriver({ quota = {}, quotas = {}, total = {} }: KvOptions = {}): Driver {
  const all = checked({ ...DEFAULT_QUOTA, ...quota });
  const own = new Map(Object.entries(quotas).map(([ns, one]) => [ns, checked({ ...all, ...one })]));
  const put = putOperation({
    total: checked({ ...DEFAULT_TOTAL, ...total }),
    of: (ns) => own.get(ns) ?? all,
  });
  const operations = { get: getOperation, put, delete: deleteOperation, list: listOperation };
  return Object.freeze({ name: 'kv', operations: Object.freeze(operations) });
}

function checked(quota: KvQuota): KvQuota {
  for (const [field, value] of Object.entries(quota)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new KernelError('InvalidSpec', `a quota's ${field} is not a whole number`, { data: { field } });
    }
  }
  return Object.freeze(quota);
}
