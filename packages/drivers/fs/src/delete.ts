import { rmdir, unlink } from 'node:fs/promises';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { DriverEffect, Signal, ValueObject } from '@tksm/abstractions';
import { fileError, onFile } from './file-error.ts';
import type { HeldObject } from './held-object.ts';
import { pathField, useOf } from './input-fields.ts';
import type { RootedTree } from './rooted-tree.ts';

export interface DeleteInput {
  readonly path: string;
}

const input = deferredSchema<DeleteInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ path: pathField(z) });
});

/**
 * `fs.delete`: deletes a file, a link (not what it leads to) or an empty folder, durably. Answers `{ deleted: false }` when
 * there is nothing of that name, so that a repeated attempt succeeds.
 */
export function deleteOperation(tree: RootedTree): DriverEffect<DeleteInput> {
  return driverEffect({
    summary: 'Deletes a file, a link or an empty folder',
    input,
    asks: ({ path }) => [useOf('delete', path)],
    run: async ({ path }, permit, { signal }) =>
      tree.withFolderOf(permit, path, async (folder, name) => {
        tree.requireNoWay(folder, name, path);
        return tree.inTurn([folder.keyOf(name)], async () =>
          tree.withEntry(folder, name, path, async (old) => {
            const deleted = await onFile(path, 'delete', async () => remove(folder, name, path, old, signal));
            return { deleted } satisfies ValueObject;
          }),
        );
      }),
  });
}

async function remove(
  folder: HeldObject,
  name: string,
  path: string,
  old: HeldObject | undefined,
  signal: Signal,
): Promise<boolean> {
  if (old?.type === 'other') throw fileError('PathRefused', path, 'is a device, pipe or socket');
  if (old !== undefined) {
    signal.throwIfAborted();
    // Neither follows a link, should there be one by now.
    await (old.type === 'folder' ? rmdir(folder.pathOf(name)) : unlink(folder.pathOf(name)));
  }
  // Also for an earlier attempt, which may have been stopped before it did.
  await folder.flush();
  return old !== undefined;
}
