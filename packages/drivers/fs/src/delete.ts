import { rmdir, unlink } from 'node:fs/promises';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { DriverEffect, ValueObject } from '@tksm/abstractions';
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
    run: async ({ path }, permit) =>
      tree.withFolderOf(permit, path, async (folder, name) =>
        tree.withEntry(folder, name, path, async (old) => remove(folder, name, path, old)),
      ),
  });
}

async function remove(
  folder: HeldObject,
  name: string,
  path: string,
  old: HeldObject | undefined,
): Promise<ValueObject> {
  if (old === undefined) return { deleted: false };
  if (old.type === 'other') throw fileError('PathRefused', path, 'is a device, pipe or socket');
  await onFile(path, 'delete', async () => {
    // Neither follows a link, should there be one by now.
    await (old.type === 'folder' ? rmdir(folder.pathOf(name)) : unlink(folder.pathOf(name)));
    await folder.flush();
  });
  return { deleted: true };
}
