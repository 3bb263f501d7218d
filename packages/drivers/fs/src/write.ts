import { link, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { BlobRef, DriverCall, DriverEffect, ValueObject } from '@tksm/abstractions';
import { writeDraft } from './draft.ts';
import { errnoOf, fileError, onFile } from './file-error.ts';
import type { HeldObject } from './held-object.ts';
import { blobField, bytesField, pathField, useOf } from './input-fields.ts';
import { requireFile } from './read.ts';
import type { RootedTree } from './rooted-tree.ts';

/** Whether there may be a file of that name already. Default `replace`. */
export type Creation = 'new' | 'replace';

/** One of `text`, `bytes` and `blob` is what the file is to hold. */
export interface WriteInput {
  readonly path: string;
  readonly text?: string | undefined;
  readonly bytes?: Uint8Array | undefined;
  readonly blob?: BlobRef | undefined;
  readonly create?: Creation | undefined;
}

const input = deferredSchema<WriteInput>('tksm', async () => {
  const { z } = await import('zod');
  return z
    .strictObject({
      path: pathField(z),
      text: z.string().optional(),
      bytes: bytesField(z).optional(),
      blob: blobField(z).optional(),
      create: z.enum(['new', 'replace']).optional(),
    })
    .refine(
      ({ text, bytes, blob }) => [text, bytes, blob].filter((one) => one !== undefined).length === 1,
      'needs one of text, bytes and blob',
    );
});

/** Of files that are new; less what the process masks. One that replaces another has the mode of that. */
const NEW_MODE = 0o644;

/**
 * `fs.write`: writes a whole file, `{ size, created }`. Its name has the old content or the new, whatever happens, and the
 * new one durably when this answers.
 */
export function writeOperation(tree: RootedTree, maxBytes: number): DriverEffect<WriteInput> {
  return driverEffect({
    summary: 'Writes a whole file, or replaces it',
    input,
    asks: ({ path }) => [useOf('write', path)],
    run: async (wanted, permit, call) =>
      tree.withFolderOf(permit, wanted.path, async (folder, name) => {
        const mode = await tree.withEntry(folder, name, wanted.path, async (old) => modeOf(old, wanted));
        return onFile(wanted.path, 'write', async () =>
          write({ folder, name, mode }, wanted, maxBytes, call),
        );
      }),
  });
}

interface Target {
  readonly folder: HeldObject;
  readonly name: string;
  /** Of the file that is replaced; undefined when there is none. */
  readonly mode: number | undefined;
}

/** The mode of the file that is to be replaced. */
async function modeOf(
  old: HeldObject | undefined,
  { path, create }: WriteInput,
): Promise<number | undefined> {
  if (old === undefined) return undefined;
  requireFile(old, path);
  if (create === 'new') throw exists(path);
  return Number(old.stats.mode) & 0o777;
}

async function write(
  { folder, name, mode }: Target,
  { path, text, bytes, blob, create }: WriteInput,
  maxBytes: number,
  { blobs, key, signal }: DriverCall,
): Promise<ValueObject> {
  const content = blob === undefined ? [bytes ?? Buffer.from(text ?? '')] : blobs.read(blob.hash);
  let size = 0;
  const fill = async (file: FileHandle): Promise<void> => {
    for await (const chunk of content) {
      signal.throwIfAborted();
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(path, maxBytes);
      await file.writeFile(chunk);
    }
  };
  await writeDraft({ folder, path, key, mode: mode ?? NEW_MODE }, fill, async (draft) => {
    signal.throwIfAborted();
    await placeFile(draft, folder.pathOf(name), path, create);
    return create !== 'new';
  });
  await folder.flush();
  return { size, created: mode === undefined };
}

/**
 * Gives a file a name, which a link there does not turn elsewhere. Of `new`, the file has its old name, too.
 *
 * @throws KernelError `PreconditionFailed`
 */
export async function placeFile(
  from: string,
  to: string,
  path: string,
  create: Creation = 'replace',
): Promise<void> {
  if (create === 'replace') return rename(from, to);
  try {
    await link(from, to);
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? exists(path) : error;
  }
}

function tooLarge(path: string, maxBytes: number): Error {
  return fileError('PayloadTooLarge', path, `may get ${maxBytes} bytes at most`, 'write less to one file');
}

function exists(path: string): Error {
  return fileError('PreconditionFailed', path, 'is there already', 'replace it, or take another name');
}
