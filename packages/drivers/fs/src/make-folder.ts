import { mkdir } from 'node:fs/promises';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { DriverEffect, Signal, ValueObject } from '@tksm/abstractions';
import { errnoOf, fileError, onFile } from './file-error.ts';
import type { HeldObject } from './held-object.ts';
import { pathField, useOf } from './input-fields.ts';
import type { RootedTree } from './rooted-tree.ts';

export interface MakeFolderInput {
  readonly path: string;
}

const input = deferredSchema<MakeFolderInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ path: pathField(z) });
});

/** Of folders; less what the process masks. */
const MODE = 0o755;

/** `fs.mkdir`: makes one folder, durably, and says whether it was not there before: `{ created }`. */
export function makeFolderOperation(tree: RootedTree): DriverEffect<MakeFolderInput> {
  return driverEffect({
    summary: 'Makes a folder in one that is there',
    input,
    asks: ({ path }) => [useOf('mkdir', path)],
    run: async ({ path }, permit, { signal }) =>
      tree.withFolderOf(permit, path, async (folder, name) => {
        const created = await onFile(path, 'make', async () => make(folder, name, signal));
        return created ? { created } : tree.withEntry(folder, name, path, async (old) => known(old, path));
      }),
  });
}

async function make(folder: HeldObject, name: string, signal: Signal): Promise<boolean> {
  signal.throwIfAborted();
  const created = await mkdir(folder.pathOf(name), MODE).then(() => true, isThere);
  // Also for an earlier attempt, which may have been stopped before it did.
  await folder.flush();
  return created;
}

function isThere(error: unknown): false {
  if (errnoOf(error) === 'EEXIST') return false;
  throw error;
}

async function known(old: HeldObject | undefined, path: string): Promise<ValueObject> {
  if (old?.type === 'folder') return { created: false };
  if (old?.type === 'link') throw fileError('PathRefused', path, 'is a link');
  throw fileError('InvalidOperation', path, 'is there already, and no folder');
}
