import { deferredSchema, driverDecision } from '@tksm/abstractions';
import type { DriverDecision } from '@tksm/abstractions';
import { readEntry } from './entry.ts';
import { deleteRewrite } from './namespace.ts';
import { keyField, namespaceField, useOf } from './place.ts';
import type { Place } from './place.ts';
import { checkVersion, versionField } from './version.ts';

export interface DeleteInput extends Place {
  /** Deletes only this version. It needs `kv.get`, too. */
  readonly ifVersion?: number | undefined;
}

const input = deferredSchema<DeleteInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ ns: namespaceField(z), key: keyField(z), ifVersion: versionField(z).optional() });
});

/**
 * `kv.delete`: `{ deleted }`, false when there was nothing; that is no error, so that it can be repeated.
 *
 * @throws KernelError `PreconditionFailed` when another version is there
 */
export const deleteOperation: DriverDecision<DeleteInput> = driverDecision({
  summary: 'Deletes a value',
  input,
  asks: ({ ns, key, ifVersion }) => [
    useOf('delete', ns, key),
    // Its failure tells what is there.
    ...(ifVersion === undefined ? [] : [useOf('get', ns, key)]),
  ],
  decide({ ns, key, ifVersion }, { world }) {
    const place = { ns, key };
    const entry = readEntry(world, place);
    if (entry === undefined) return { output: { deleted: false } };
    checkVersion(place, entry, ifVersion);
    return {
      output: { deleted: true },
      fact: { name: 'kv.value-deleted', data: { ns, key, version: entry.version } },
      rewrite: deleteRewrite(world, place, entry),
    };
  },
});
