import { constants } from 'node:fs';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { DriverCall, DriverEffect, ValueObject } from '@tksm/abstractions';
import { contentOf, readChunks } from './content.ts';
import { fileError, onFile } from './file-error.ts';
import type { HeldObject } from './held-object.ts';
import { pathField, useOf } from './input-fields.ts';
import type { RootedTree } from './rooted-tree.ts';

export interface ReadInput {
  readonly path: string;
  /** In bytes. Default: from the beginning. */
  readonly offset?: number | undefined;
  /** In bytes. Default: to the end. */
  readonly length?: number | undefined;
  /** Never as text. */
  readonly as?: 'bytes' | undefined;
}

const input = deferredSchema<ReadInput>('tksm', async () => {
  const { z } = await import('zod');
  const bytes = z.int().min(0).optional();
  return z.strictObject({
    path: pathField(z),
    offset: bytes,
    length: bytes,
    as: z.literal('bytes').optional(),
  });
});

/**
 * `fs.read`: `{ size, fileSize }` and what was read as `text` (it is UTF-8), `bytes` or, when it is more than an output
 * takes, `blob`. `size` says how many bytes that is.
 */
export function readOperation(tree: RootedTree, maxBytes: number): DriverEffect<ReadInput> {
  return driverEffect({
    summary: 'Reads a file, or a part of it',
    input,
    asks: ({ path }) => [useOf('read', path)],
    run: async (wanted, permit, call) =>
      tree.withObject(permit, wanted.path, async (object) => read(object, wanted, maxBytes, call)),
  });
}

async function read(
  object: HeldObject,
  { path, offset = 0, length = Infinity, as }: ReadInput,
  maxBytes: number,
  { blobs, signal }: DriverCall,
): Promise<ValueObject> {
  requireFile(object, path);
  const fileSize = Number(object.stats.size);
  const wanted = Math.min(length, Math.max(0, fileSize - offset));
  if (wanted > maxBytes) {
    const next = `read it in parts of at most ${maxBytes} bytes, by offset and length`;
    throw fileError('PayloadTooLarge', path, `has ${wanted} bytes to read`, next);
  }
  return onFile(path, 'read', async () => {
    const file = await object.open(constants.O_RDONLY);
    try {
      const { size, content } = await contentOf(
        readChunks(file, offset, wanted, signal),
        as === 'bytes',
        blobs,
      );
      return { size, fileSize, ...content };
    } finally {
      await file.close();
    }
  });
}

/** @throws KernelError `PathRefused` for a link or a device, `InvalidOperation` for a folder */
export function requireFile({ type }: Pick<HeldObject, 'type'>, path: string): void {
  if (type === 'file') return;
  if (type === 'folder') throw fileError('InvalidOperation', path, 'is a folder');
  throw fileError('PathRefused', path, type === 'link' ? 'is a link' : 'is a device, pipe or socket');
}
