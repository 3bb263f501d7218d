import { deferredSchema, KernelError, kindName, RINGS, toStored } from '@tksm/abstractions';
import type { BlobRef, Logger, StandardSchema, TaskContext, TaskKind, Value } from '@tksm/abstractions';
import { walkFolder } from './folder-walk.ts';
import type { OnVanished } from './folder-walk.ts';
import { mergedPaths } from './merged-paths.ts';
import { pathSchema } from './path-schema.ts';
import { joined, pathBytes, pathText, pathValue } from './path-value.ts';
import type { PathValue } from './path-value.ts';
import { regularFiles } from './regular-files.ts';
import { trackedFiles } from './tracked-files.ts';
import type { Environment } from './tracked-files.ts';

/** What is listed when no root is named. */
export interface Selection {
  readonly root: PathValue;
  /** What git tracks, or everything. */
  readonly select: 'tracked' | 'all';
  /** Folders below the root whose files are listed besides. */
  readonly also?: readonly PathValue[] | undefined;
}

export interface ListInput {
  readonly root: PathValue | null;
  readonly otherwise?: Selection | undefined;
}

/** The listed files: a blob of lines, each the JSON of a path relative to `root`, in the order of their bytes. */
export interface ListOutput {
  readonly [key: string]: Value;
  readonly root: PathValue;
  readonly files: { readonly hash: BlobRef['hash']; readonly size: number };
  readonly count: number;
  /** Size of all files together. */
  readonly bytes: number;
}

export const LIST_LIMITS = Object.freeze({
  timeoutMs: 3_600_000,
  maxAlso: 100,
  /** Vanished files that are logged one by one. */
  maxVanishedLogged: 100,
});
/** Bytes of a list that are written at once. */
const CHUNK_BYTES = 65_536;

const listInput: StandardSchema<unknown, ListInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  const path = pathSchema(z);
  const inside = path.refine(staysBelow, 'must be a path below the root');
  const otherwise = z.strictObject({
    root: path,
    select: z.enum(['tracked', 'all']),
    also: z.array(inside).max(LIST_LIMITS.maxAlso).optional(),
  });
  return z
    .strictObject({ root: path.nullable(), otherwise: otherwise.optional() })
    .refine(({ root, otherwise }) => root !== null || otherwise !== undefined, 'names no root');
});

function staysBelow(path: PathValue): boolean {
  const text = pathText(path);
  return !text.startsWith('/') && !text.split('/').includes('..');
}

/**
 * The kind `files.list`: lists every regular file below a folder, without following links.
 *
 * A job fails with `FileNotFound`, `FileUnreadable` (not retried), `StorageFailed`, `ResourcesExhausted`, and for
 * `tracked` with `ProcessNotStarted`, `ProcessRejected`.
 */
export function listKind(environment: Environment): TaskKind<ListInput, ListOutput> {
  return Object.freeze({
    class: 'task' as const,
    name: kindName('files.list'),
    summary: 'Lists the files below a folder',
    input: listInput,
    ring: RINGS.plugin,
    timeoutMs: LIST_LIMITS.timeoutMs,
    run: (input: ListInput, context: TaskContext) => list(input, context, environment),
  });
}

async function list(input: ListInput, context: TaskContext, environment: Environment): Promise<ListOutput> {
  const selection: Selection | undefined =
    input.root === null ? input.otherwise : { root: input.root, select: 'all' };
  if (selection === undefined) throw new KernelError('InvalidInput', 'the input names no root');
  const root = pathBytes(selection.root);
  const onVanished = vanishedLog(context.log);
  const sources = [
    selection.select === 'tracked'
      ? trackedFiles(root, environment, context.signal)
      : walkFolder(root, onVanished),
    ...(selection.also ?? []).map((folder) => walkBelow(root, pathBytes(folder), onVanished)),
  ];
  const total = { count: 0, bytes: 0 };
  const files = await context.blobs.write(lines());
  return { root: selection.root, files: { ...files }, ...total };

  async function* lines(): AsyncGenerator<Buffer, void> {
    let text = '';
    for await (const portion of regularFiles(root, mergedPaths(sources), onVanished)) {
      context.signal.throwIfAborted();
      for (const { path, size } of portion) {
        text += `${JSON.stringify(toStored(pathValue(path)))}\n`;
        total.count += 1;
        total.bytes += size;
      }
      context.progress({ done: total.count });
      if (text.length < CHUNK_BYTES) continue;
      yield Buffer.from(text);
      text = '';
    }
    yield Buffer.from(text);
  }
}

/** A walk whose paths are relative to the root above it. */
async function* walkBelow(
  root: Buffer,
  folder: Buffer,
  onVanished: OnVanished,
): AsyncGenerator<Buffer, void> {
  for await (const path of walkFolder(joined(root, folder), onVanished)) yield joined(folder, path);
}

function vanishedLog(log: Logger): OnVanished {
  let vanished = 0;
  return (path) => {
    vanished += 1;
    if (vanished <= LIST_LIMITS.maxVanishedLogged) {
      log.log('warn', 'a file vanished while it was listed', { path: pathText(path) });
    }
  };
}
