import { deferredSchema, driverDecision } from '@tksm/abstractions';
import type { Decision, DriverDecision, Value, WorldView } from '@tksm/abstractions';
import { sizeOf } from './entry.ts';
import type { Entry } from './entry.ts';
import { entryKey, headerKey, keyField, namespaceField, useOf } from './place.ts';

export interface ListInput {
  readonly ns: string;
  /** Lists this key and those below it, by whole segments: of `a` not `ab`. Default: all keys. */
  readonly below?: string | undefined;
  /** Lists only keys after this one. */
  readonly after?: string | undefined;
  /** 1 to 1,000 keys. Default 100. */
  readonly limit?: number | undefined;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** Bytes of keys in one answer: with what else is in it, less than an output may have. */
const MAX_PAGE_BYTES = 16_384;

const input = deferredSchema<ListInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({
    ns: namespaceField(z),
    below: keyField(z).optional(),
    after: keyField(z).optional(),
    limit: z.int().min(1).max(MAX_LIMIT).optional(),
  });
});

/**
 * `kv.list`: `{ keys, after }`, keys as `{ key, version, bytes }` in the order of their UTF-16 code units; `after` is null on the
 * last page, else what to ask the next one with. Values are not told.
 */
export const listOperation: DriverDecision<ListInput> = driverDecision({
  summary: 'Lists the keys of a namespace',
  input,
  // What is listed is what it names, or below that: as rights have it.
  asks: ({ ns, below }) => [useOf('list', ns, below)],
  decide: (wanted, { world }) => list(wanted, world),
});

function list({ ns, below, after, limit = DEFAULT_LIMIT }: ListInput, world: WorldView): Decision {
  const keys: { readonly key: string; readonly version: number; readonly bytes: number }[] = [];
  let size = 0;
  let isMore = false;
  for (const [key, { value, version }] of entries(world, ns, below, after)) {
    size += Buffer.byteLength(JSON.stringify(key));
    isMore = keys.length === limit || (keys.length > 0 && size > MAX_PAGE_BYTES);
    if (isMore) break;
    keys.push({ key, version, bytes: sizeOf({ key }, value) });
  }
  const next: Value = isMore ? (keys.at(-1)?.key ?? null) : null;
  return { output: { keys, after: next } };
}

function* entries(
  world: WorldView,
  ns: string,
  below: string | undefined,
  after: string | undefined,
): Generator<readonly [key: string, entry: Entry]> {
  const top = below === undefined ? headerKey(ns) : entryKey({ ns, key: below });
  const start = headerKey(ns).length + 1;
  if (below !== undefined && (after === undefined || after < below)) {
    const itself = world.get(top);
    if (itself !== undefined) yield [below, itself.value as Entry];
  }
  const from = after === undefined ? {} : { after: entryKey({ ns, key: after }) };
  for (const [key, { value }] of world.scan({ prefix: `${top}/`, ...from })) {
    yield [key.slice(start), value as Entry];
  }
}
