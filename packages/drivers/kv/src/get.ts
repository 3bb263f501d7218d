import { deferredSchema, driverDecision, fromStored } from '@tksm/abstractions';
import type { DriverDecision } from '@tksm/abstractions';
import { readEntry } from './entry.ts';
import { keyField, namespaceField, useOf } from './place.ts';
import type { Place } from './place.ts';

const input = deferredSchema<Place>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ ns: namespaceField(z), key: keyField(z) });
});

/** `kv.get`: `{ value, version }`, or null when there is nothing. */
export const getOperation: DriverDecision<Place> = driverDecision({
  summary: 'Reads a value',
  input,
  asks: ({ ns, key }) => [useOf('get', ns, key)],
  decide(place, { world }) {
    const entry = readEntry(world, place);
    return {
      output: entry === undefined ? null : { value: fromStored(entry.value), version: entry.version },
    };
  },
});
