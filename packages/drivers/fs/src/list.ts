import { isUtf8 } from 'node:buffer';
import { lstat, opendir } from 'node:fs/promises';
import { deferredSchema, driverEffect } from '@tksm/abstractions';
import type { DriverCall, DriverEffect, ValueObject } from '@tksm/abstractions';
import { INLINE_BYTES } from './content.ts';
import { errnoOf, fileError, onFile } from './file-error.ts';
import { typeOf } from './held-object.ts';
import type { HeldObject } from './held-object.ts';
import { isName, pathField, useOf } from './input-fields.ts';
import type { RootedTree } from './rooted-tree.ts';

export interface ListInput {
  readonly path: string;
  /** The last name of the page before. */
  readonly after?: string | undefined;
  /** Most entries of a page, up to 1,000. Default 500. */
  readonly limit?: number | undefined;
}

const MAX_PAGE = 1_000;
const PAGE = 500;
/** Names that are looked at for one page. */
const MAX_NAMES = 1_000_000;
/** Most that an entry takes as JSON besides its name. */
const ENTRY_BYTES = 64;

const input = deferredSchema<ListInput>('tksm', async () => {
  const { z } = await import('zod');
  const limit = z.int().min(1).max(MAX_PAGE).optional();
  return z.strictObject({ path: pathField(z), after: z.string().max(1_024).optional(), limit });
});

/**
 * `fs.list`: a page of a folder, `{ entries: [{ name, type, size }], after, unnamed }`, in the order of the UTF-16 units of the
 * names; nothing that is refused is among them. `after` begins the next page, and is not there on the last. `unnamed` counts entries of the folder that no path
 * can name; see the README.
 */
export function listOperation(tree: RootedTree): DriverEffect<ListInput> {
  return driverEffect({
    summary: 'Lists a folder, page by page',
    input,
    asks: ({ path }) => [useOf('list', path)],
    run: async (wanted, permit, call) =>
      tree.withObject(permit, wanted.path, async (folder) => {
        if (folder.type === 'file') throw fileError('InvalidOperation', wanted.path, 'is a file');
        if (folder.type !== 'folder') throw fileError('PathRefused', wanted.path, 'is no folder');
        return onFile(wanted.path, 'list', async () => list(tree, folder, wanted, call));
      }),
  });
}

async function list(
  tree: RootedTree,
  folder: HeldObject,
  { path, after = '', limit = PAGE }: ListInput,
  call: DriverCall,
): Promise<ValueObject> {
  const { names, isMore, unnamed } = await namesAfter(folder, after, limit, path, call);
  const entries: ValueObject[] = [];
  let bytes = 0;
  let last: string | undefined;
  for (const name of names) {
    bytes += Buffer.byteLength(JSON.stringify(name)) + ENTRY_BYTES;
    if (bytes > INLINE_BYTES) break;
    last = name;
    const stats = await lstat(folder.pathOf(name), { bigint: true }).catch(gone);
    if (stats === undefined || tree.isRefused(folder, name, stats)) continue;
    entries.push({ name, type: typeOf(stats), size: Number(stats.size) });
  }
  const isLast = !isMore && last === names.at(-1);
  return { entries, unnamed, ...(!isLast && last !== undefined && { after: last }) };
}

interface Names {
  /** In order; at most `limit`. */
  readonly names: readonly string[];
  readonly isMore: boolean;
  readonly unnamed: number;
}

/** The first names after one. Holds no more than twice as many. */
async function namesAfter(
  folder: HeldObject,
  after: string,
  limit: number,
  path: string,
  { signal }: DriverCall,
): Promise<Names> {
  let names: string[] = [];
  let [isMore, unnamed, seen] = [false, 0, 0];
  const keepFirst = (): void => {
    isMore ||= names.length > limit;
    names = names.sort(byUnits).slice(0, limit);
  };
  // The type of names as bytes is not told apart by the library's types.
  const found = (await opendir(folder.path, { encoding: 'buffer' as BufferEncoding })) as AsyncIterable<{
    readonly name: string | Buffer;
  }>;
  for await (const { name: raw } of found) {
    signal.throwIfAborted();
    seen += 1;
    if (seen > MAX_NAMES) throw tooMany(path);
    const bytes = Buffer.from(raw);
    const name = bytes.toString('utf8');
    if (!isUtf8(bytes) || !isName(name)) unnamed += 1;
    else if (name > after) names.push(name);
    if (names.length >= 2 * limit) keepFirst();
  }
  keepFirst();
  return { names, isMore, unnamed };
}

function tooMany(path: string): Error {
  return fileError('PayloadTooLarge', path, `has more than ${MAX_NAMES} entries`, 'spread them over folders');
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function gone(error: unknown): undefined {
  if (errnoOf(error) === 'ENOENT') return undefined;
  throw error;
}
