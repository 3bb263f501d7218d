import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { DriverEffect } from '@tksm/abstractions';
import { pathField, useOf } from './input-fields.ts';
import type { RootedTree } from './rooted-tree.ts';

export interface StatInput {
  readonly path: string;
}

const input = deferredSchema<StatInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ path: pathField(z) });
});

/**
 * `fs.stat`: `{ type, size, modifiedAt }` of what has a name. The type is `file`, `folder`, `link` (of the link itself) or
 * `other`; `size` is in bytes, `modifiedAt` in ms since 1970.
 */
export function statOperation(tree: RootedTree): DriverEffect<StatInput> {
  return driverEffect({
    summary: 'Tells type, size and time of a file or folder',
    input,
    asks: ({ path }) => [useOf('stat', path)],
    run: async ({ path }, permit) =>
      tree.withObject(permit, path, async ({ type, stats }) => ({
        type,
        size: Number(stats.size),
        modifiedAt: Number(stats.mtimeMs),
      })),
  });
}
