// One writer a folder. Guarantees: while a lock is held, no other `lockFolder` of the same folder succeeds, in this process
// or another of this machine; the operating system frees it when the process ends, however it ends; a copy of the
// folder is not locked. See docs/adr/0003-data-folder-lock.md.

import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Clock } from '@tksm/abstractions';
import { LOCK_FILE } from '../format/layout.ts';
import { isHolderAlive, readLockNote, removeLockNote, writeLockNote } from './lock-note.ts';

/** What SQLite answers when another connection holds the file. */
const SQLITE_BUSY = 5;

export interface FolderLock {
  release(): void;
}

/** @throws KernelError `DataFolderLocked` with `data.pid` of the holder; `StorageFailed` */
export async function lockFolder(dir: string, clock: Clock): Promise<FolderLock> {
  // Loaded here, so that readers and verifiers do without it.
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path.join(dir, LOCK_FILE));
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    const note = readLockNote(dir);
    if (note !== undefined && isHolderAlive(dir, note)) throw folderLocked(dir);
    writeLockNote(dir, clock.now());
  } catch (error) {
    database.close();
    throw isBusy(error) ? folderLocked(dir) : error;
  }
  return {
    release: () => {
      removeLockNote(dir);
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

function folderLocked(dir: string): KernelError {
  const note = readLockNote(dir);
  const holder = note === undefined ? 'another process' : `process ${note.pid} on ${note.host}`;
  return new KernelError('DataFolderLocked', `${dir} is in use by ${holder}`, {
    data: { dir, ...(note === undefined ? {} : { pid: note.pid, host: note.host, since: note.since }) },
  });
}
