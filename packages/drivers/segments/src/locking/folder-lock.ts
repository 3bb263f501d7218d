// One writer a folder. Guarantees: while a lock is held, no other `lockFolder` of the same folder succeeds, in this process
// or another of this machine; the operating system frees it when the process ends, however it ends; a copy of the
// folder is not locked. See docs/adr/0003-data-folder-lock.md.

import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Clock } from '@tksm/abstractions';
import type { DatabaseSync } from 'node:sqlite';
import { storageError } from '../reading/storage-error.ts';
import { LOCK_FILE } from '../format/layout.ts';
import { isHolderAlive, readLockNote, removeLockNote, writeLockNote } from './lock-note.ts';

/** SQLite's result codes, without their extensions. */
const SQLITE_BUSY = 5;
const SQLITE_ERRNO: Readonly<Record<number, string>> = { 8: 'EROFS', 13: 'ENOSPC', 14: 'EACCES' };

export interface FolderLock {
  release(): void;
}

/** @throws KernelError `DataFolderLocked` with `data.pid` of the holder; `StorageFailed` */
export async function lockFolder(dir: string, clock: Clock): Promise<FolderLock> {
  // Loaded here, so that readers and verifiers do without it.
  const sqlite = await import('node:sqlite');
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(path.join(dir, LOCK_FILE));
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    const note = readLockNote(dir);
    if (note !== undefined && isHolderAlive(dir, note)) throw folderLocked(dir);
    writeLockNote(dir, clock.now());
  } catch (error) {
    database?.close();
    throw lockError(error, dir);
  }
  const held = database;
  return {
    release: () => {
      removeLockNote(dir);
      held.close();
    },
  };
}

function lockError(error: unknown, dir: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const code = Number(error.errcode) & 0xff;
  if (code === SQLITE_BUSY) return folderLocked(dir);
  return storageError(SQLITE_ERRNO[code] ?? 'EIO', `${dir} could not be locked: ${error.message}`, error);
}

function folderLocked(dir: string): KernelError {
  const note = readLockNote(dir);
  const holder = note === undefined ? 'another process' : `process ${note.pid} on ${note.host}`;
  return new KernelError('DataFolderLocked', `${dir} is in use by ${holder}`, {
    data: { dir, ...(note === undefined ? {} : { pid: note.pid, host: note.host, since: note.since }) },
  });
}
