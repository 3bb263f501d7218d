import { deferredSchema, kindName } from '@tksm/abstractions';
import type { BlobRef, StandardSchema, Value } from '@tksm/abstractions';
import type { GraphJobOptions } from './graph.ts';

export const FOR_EACH_KIND = kindName('graph.for-each');

export interface ForEachInput {
  /** The items, or a blob with one JSON text a line. */
  readonly items: readonly Value[] | BlobRef;
  /** Kind of each child. */
  readonly kind: string;
  /** Children are named after it: `NAME[0]`. */
  readonly name: string;
  /** Input of a child, with places for its item and for bound values. */
  readonly template: Value;
  readonly bound?: readonly Value[] | undefined;
  /** Options of each child; the kernel checks them. */
  readonly options?: GraphJobOptions | undefined;
}

const MAX_NAME_LENGTH = 200;

export const forEachInput: StandardSchema<unknown, ForEachInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  const value = z.custom<Value>(() => true);
  const blob = z.strictObject({
    hash: z.custom<BlobRef['hash']>(isHash, 'is no hash'),
    size: z.int().nonnegative(),
  });
  return z.strictObject({
    items: z.union([z.array(value), blob]),
    kind: z.string().min(1),
    name: z.string().min(1).max(MAX_NAME_LENGTH),
    template: value,
    bound: z.array(value).optional(),
    options: z.custom<GraphJobOptions>(isMap, 'is no map of options').optional(),
  });
});

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
