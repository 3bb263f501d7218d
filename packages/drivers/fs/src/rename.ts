import { unlink } from 'node:fs/promises';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { DriverEffect, ValueObject } from '@tksm/abstractions';
import { fileError, onFile } from './file-error.ts';
import type { HeldObject } from './held-object.ts';
import { pathField, useOf } from './input-fields.ts';
import { requireFile } from './read.ts';
import type { RootedTree } from './rooted-tree.ts';
import { placeFile } from './write.ts';
import type { Creation } from './write.ts';

export interface RenameInput {
  readonly path: string;
  readonly to: string;
  readonly create?: Creation | undefined;
}

const input = deferredSchema<RenameInput>('tksm', async () => {
  const { z } = await import('zod');
  const create = z.enum(['new', 'replace']).optional();
  return z.strictObject({ path: pathField(z), to: pathField(z), create });
});

/**
 * `fs.rename`: gives a file another name on the same file system, durably; `{ replaced }`. It needs the right for both
 * names. Folders keep theirs: rights on what is in them would change with it.
 */
export function renameOperation(tree: RootedTree): DriverEffect<RenameInput> {
  return driverEffect({
    summary: 'Renames a file',
    input,
    asks: ({ path, to }) => [useOf('rename', path), useOf('rename', to)],
    run: async ({ path, to, create }, permit) =>
      tree.withFolderOf(permit, path, async (source, oldName) =>
        tree.withFolderOf(permit, to, async (target, newName) => {
          await tree.withEntry(source, oldName, path, async (file) => requireThere(file, path));
          const replaced = await tree.withEntry(target, newName, to, async (file) => isThere(file, to));
          await onFile(path, 'rename', async () => {
            await placeFile(source.pathOf(oldName), target.pathOf(newName), to, create);
            if (create === 'new') await unlink(source.pathOf(oldName));
            await target.flush();
            await source.flush();
          });
          return { replaced } satisfies ValueObject;
        }),
      ),
  });
}

async function requireThere(file: HeldObject | undefined, path: string): Promise<void> {
  if (file === undefined) throw fileError('FileNotFound', path, 'is not there');
  requireFile(file, path);
}

async function isThere(file: HeldObject | undefined, path: string): Promise<boolean> {
  if (file !== undefined) requireFile(file, path);
  return file !== undefined;
}
