import { constants } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Random } from '@tksm/abstractions';
import type { HeldObject } from './held-object.ts';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Of files that are new; less what the process masks. */
const NEW_MODE = 0o644;
/** Of a draft that is to replace a file, until it has the mode of that. */
const HIDDEN_MODE = 0o600;

/** Where a draft is to be. */
export interface DraftPlace {
  readonly folder: HeldObject;
  readonly random: Random;
  /** The file that it is to replace: the draft gets its mode and its owner. */
  readonly replaced: BigIntStats | undefined;
}

/**
 * Writes a new file in a held folder and flushes it; `place` gives it its name, and says whether it moved it there. Answers
 * what `write` did. Each
 * draft is a file of its own, so that nothing unfinished ever gets a name, even by an older attempt that does not know
 * that it was given up. A crash leaves its draft behind: none can be told from a file that somebody else made.
 */
export async function writeDraft<T>(
  { folder, random, replaced }: DraftPlace,
  write: (file: FileHandle) => Promise<T>,
  place: (draft: string) => Promise<boolean>,
): Promise<T> {
  const draft = folder.pathOf(`.tksm-${random.id()}.tmp`);
  const file = await open(draft, NEW_FILE, replaced === undefined ? NEW_MODE : HIDDEN_MODE);
  let isMoved = false;
  try {
    let written: T;
    try {
      written = await write(file);
      if (replaced !== undefined) await makeLike(file, replaced);
      await file.sync();
    } finally {
      await file.close();
    }
    isMoved = await place(draft);
    return written;
  } finally {
    if (!isMoved) await unlink(draft).catch(() => undefined);
  }
}

/** Gives a file another's owner and permissions; not its marks to run as its owner, which no writer keeps. */
async function makeLike(file: FileHandle, { uid, gid, mode }: BigIntStats): Promise<void> {
  const own = await file.stat({ bigint: true });
  // First: a new owner takes permissions away.
  if (own.uid !== uid || own.gid !== gid) await file.chown(Number(uid), Number(gid));
  await file.chmod(Number(mode) & 0o777);
}
