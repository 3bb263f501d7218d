import { constants } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { link, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { BlobRef, DriverCall, DriverEffect, Random, ValueObject } from '@tksm/abstractions';
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

/**
 * `fs.write`: writes a whole file, `{ size, created }`. Its name has the old content or the new, whatever happens, and the
 * new one durably when this answers.
 */
export function writeOperation(tree: RootedTree, random: Random, maxBytes: number): DriverEffect<WriteInput> {
  return driverEffect({
    summary: 'Writes a whole file, or replaces it',
    input,
    asks: ({ path }) => [useOf('write', path)],
    run: async (wanted, permit, call) =>
      tree.withFolderOf(permit, wanted.path, async (folder, name) => {
        const replaced = await tree.withEntry(folder, name, wanted.path, async (old) =>
          onFile(wanted.path, 'write', async () => replaceable(old, wanted)),
        );
        const place = async (draft: string): Promise<boolean> =>
          tree.inTurn([folder.keyOf(name)], async () => {
            call.signal.throwIfAborted();
            await placeFile(draft, folder.pathOf(name), wanted.path, wanted.create);
            return wanted.create !== 'new';
          });
        call.signal.throwIfAborted();
        return onFile(wanted.path, 'write', async () => {
          const write = async (file: FileHandle): Promise<number> => fill(file, wanted, maxBytes, call);
          const size = await writeDraft({ folder, random, replaced }, write, place);
          await folder.flush();
          return { size, created: replaced === undefined } satisfies ValueObject;
        });
      }),
  });
}

/** What is replaced, which this process may write to; undefined when there is nothing. */
async function replaceable(
  old: HeldObject | undefined,
  { path, create }: WriteInput,
): Promise<BigIntStats | undefined> {
  if (old === undefined) return undefined;
  requireFile(old, path);
  if (create === 'new') throw exists(path);
  // A user whom no mode holds back is held back by this one: it says that nobody writes.
  if ((Number(old.stats.mode) & 0o222) === 0) throw fileError('FileUnreadable', path, 'is read-only');
  const file = await old.open(constants.O_WRONLY);
  await file.close();
  return old.stats;
}

/** Writes the content into a file; answers how many bytes those are. */
async function fill(
  file: FileHandle,
  { path, text, bytes, blob }: WriteInput,
  maxBytes: number,
  { blobs, signal }: DriverCall,
): Promise<number> {
  const content = blob === undefined ? [bytes ?? Buffer.from(text ?? '')] : blobs.read(blob.hash);
  let size = 0;
  for await (const chunk of content) {
    signal.throwIfAborted();
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    await file.writeFile(chunk);
  }
  return size;
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
