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
 * `fs.rename`: gives a file another name on the same file system, durably; `{ replaced }`. It needs the rights for what comes
 * of it: to read and to delete the one name, to write the other. Folders keep theirs: rights on what is in them would change
 * with it.
 */
export function renameOperation(tree: RootedTree): DriverEffect<RenameInput> {
  return driverEffect({
    summary: 'Renames a file',
    input,
    asks: ({ path, to }) => [useOf('read', path), useOf('delete', path), useOf('write', to)],
    run: async ({ path, to, create }, permit, { signal }) =>
      tree.withFolderOf(permit, path, async (fromFolder, fromName) =>
        tree.withFolderOf(permit, to, async (toFolder, toName) => {
          const source: Name = { folder: fromFolder, name: fromName, path };
          const target: Name = { folder: toFolder, name: toName, path: to };
          return tree.inTurn([keyOf(source), keyOf(target)], async () =>
            onEntries(tree, source, target, async (file, old) => {
              signal.throwIfAborted();
              await move(tree, { file, old, source, target }, create);
              await toFolder.flush();
              await fromFolder.flush();
              return { replaced: old !== undefined } satisfies ValueObject;
            }),
          );
        }),
      ),
  });
}

interface Name {
  readonly folder: HeldObject;
  readonly name: string;
  /** As the caller wrote it. */
  readonly path: string;
}

interface Move {
  readonly file: HeldObject;
  /** What has the new name. */
  readonly old: HeldObject | undefined;
  readonly source: Name;
  readonly target: Name;
}

/** Holds both files, which are looked at, while `use` runs. */
async function onEntries<T>(
  tree: RootedTree,
  source: Name,
  target: Name,
  use: (file: HeldObject, old: HeldObject | undefined) => Promise<T>,
): Promise<T> {
  return tree.withEntry(source.folder, source.name, source.path, async (file) => {
    if (file === undefined) throw fileError('FileNotFound', source.path, 'is not there');
    requireFile(file, source.path);
    return tree.withEntry(target.folder, target.name, target.path, async (old) => {
      if (old !== undefined) requireFile(old, target.path);
      return onFile(source.path, 'rename', async () => use(file, old));
    });
  });
}

async function move(tree: RootedTree, { file, old, source, target }: Move, create?: Creation): Promise<void> {
  const from = source.folder.pathOf(source.name);
  const isOther = keyOf(source) !== keyOf(target);
  // Two names of one file, which the system would leave both. Where it has one link, a name is only spelled in two ways.
  if (create !== 'new' && isOther && old?.identity === file.identity && file.stats.nlink > 1n) {
    return unlink(from);
  }
  await placeFile(from, target.folder.pathOf(target.name), target.path, create);
  if (create !== 'new') return;
  await tree.withEntry(source.folder, source.name, source.path, async (left) => {
    // Another process may have replaced it since.
    if (left?.identity === file.identity) await unlink(from);
  });
}

function keyOf({ folder, name }: Name): string {
  return folder.keyOf(name);
}
