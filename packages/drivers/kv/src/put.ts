import { canonicalJson, deferredSchema, driverDecision, KernelError, toStored } from '@tksm/abstractions';
import type { Decision, DriverDecision, DriverView, StoredValue, Value } from '@tksm/abstractions';
import { readEntry, sizeOf } from './entry.ts';
import type { Entry } from './entry.ts';
import { putRewrite } from './namespace.ts';
import type { KvQuotas } from './namespace.ts';
import { keyField, namespaceField, useOf } from './place.ts';
import type { Place } from './place.ts';
import { checkVersion, versionField } from './version.ts';
import type { ExpectedVersion } from './version.ts';

export interface PutInput extends Place {
  readonly value: Value;
  /** Puts only over this version, or with null only where nothing is. It needs `kv.get`, too. */
  readonly ifVersion?: ExpectedVersion | undefined;
}

/** Most bytes of an entry: what the log takes inline, less what is kept beside a value. */
const MAX_ENTRY_BYTES = 64_512;

const input = deferredSchema<PutInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({
    ns: namespaceField(z),
    key: keyField(z),
    value: z.custom<Value>((value) => value !== undefined, 'is missing'),
    ifVersion: versionField(z).nullable().optional(),
  });
});

/**
 * `kv.put`: `{ version }`. A repeated call that already put what is there is answered as it was the first time.
 *
 * @throws KernelError `PreconditionFailed`, `QuotaExceeded`, `PayloadTooLarge`, `InvalidValue`
 */
export function putOperation(quotas: KvQuotas): DriverDecision<PutInput> {
  return driverDecision({
    summary: 'Puts a value',
    input,
    asks: ({ ns, key, ifVersion }) => [
      useOf('put', ns, key),
      // Its failure tells what is there.
      ...(ifVersion === undefined ? [] : [useOf('get', ns, key)]),
    ],
    decide: (wanted, view) => put(wanted, view, quotas),
  });
}

function put({ ns, key, value, ifVersion }: PutInput, view: DriverView, quotas: KvQuotas): Decision {
  const place = { ns, key };
  const stored = checkedValue(place, value);
  const before = readEntry(view.world, place);
  if (before !== undefined && isRepeated(before, stored, view))
    return { output: { version: before.version } };
  checkVersion(place, before, ifVersion);
  const version = view.position;
  return {
    output: { version },
    fact: { name: 'kv.value-put', data: { ns, key, version } },
    rewrite: putRewrite(view.world, place, { value: stored, version, call: view.key }, quotas),
  };
}

function isRepeated(before: Entry, value: StoredValue, { key }: DriverView): boolean {
  return before.call === key && canonicalJson(before.value) === canonicalJson(value);
}

function checkedValue({ ns, key }: Place, value: Value): StoredValue {
  const stored = toStored(value);
  if (sizeOf({ key }, stored) <= MAX_ENTRY_BYTES) return stored;
  const message = `${ns}/${key}: a key and the JSON of its value have at most ${MAX_ENTRY_BYTES} bytes`;
  throw new KernelError('PayloadTooLarge', message, {
    data: { ns, key, limit: MAX_ENTRY_BYTES },
    next: 'put less under one key',
  });
}
