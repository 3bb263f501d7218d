import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errnoOf, fileError } from './file-error.ts';
import type { HeldObject } from './held-object.ts';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Most drafts of the same call that crashes may leave. */
const MAX_DRAFTS = 64;

/** Where a draft is to be. */
export interface DraftPlace {
  readonly folder: HeldObject;
  /** The file that it is to become, as the caller wrote it. */
  readonly path: string;
  /** The same for every attempt of one call. */
  readonly key: string;
  readonly mode: number;
}

/**
 * Writes a new file in a held folder and flushes it; `place` gives it its name, and says whether it moved it there. Each
 * draft is a file of its own, so that nothing unfinished ever gets a name, even by an older attempt that does not know
 * that it was given up. What earlier attempts of the same call left behind is removed at the end.
 */
export async function writeDraft(
  { folder, key, mode, path }: DraftPlace,
  write: (file: FileHandle) => Promise<void>,
  place: (draft: string) => Promise<boolean>,
): Promise<void> {
  const name = `.tksm-${createHash('sha256').update(`${path}\0${key}`).digest('hex').slice(0, 24)}`;
  const names = Array.from({ length: MAX_DRAFTS }, (_, index) => folder.pathOf(`${name}-${index}.tmp`));
  const { index, file } = await firstFree(names, mode, path);
  let isMoved = false;
  try {
    await write(file);
    await file.sync();
    isMoved = await place(folder.pathOf(`${name}-${index}.tmp`));
  } finally {
    await file.close();
    for (const one of names.slice(0, isMoved ? index : index + 1)) await unlink(one).catch(() => undefined);
  }
}

async function firstFree(
  names: readonly string[],
  mode: number,
  path: string,
): Promise<{ readonly index: number; readonly file: FileHandle }> {
  for (const [index, name] of names.entries()) {
    try {
      return { index, file: await open(name, NEW_FILE, mode) };
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  const next = 'remove the files beside it whose names begin with .tksm-';
  throw fileError('InvalidOperation', path, `has ${names.length} drafts that were never finished`, next);
}
