// One writer a folder. Guarantees: while a lock is held, no other `lockFolder` of the same folder succeeds, in this process
// or another of this machine; the operating system frees it when the process ends, however it ends; a copy of the
// folder is not locked. See docs/adr/0003-data-folder-lock.md.

import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import { DatabaseSync } from 'node:sqlite';
import type { FileLayer } from '../files/file-layer.ts';
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
export function lockFolder(files: FileLayer, dir: string, since: number): FolderLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path.join(dir, LOCK_FILE));
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    const note = readLockNote(files, dir);
    if (note !== undefined && isHolderAlive(files, dir, note)) throw folderLocked(files, dir);
    writeLockNote(files, dir, since);
  } catch (error) {
    database?.close();
    throw lockError(error, files, dir);
  }
  const held = database;
  return {
    release: () => {
      try {
        removeLockNote(files, dir);
      } catch {
        // On a folder that turned read-only the note stays: until this process ends, it keeps the folder from being opened.
      } finally {
        held.close();
      }
    },
  };
}

function lockError(error: unknown, files: FileLayer, dir: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const code = Number(error.errcode) & 0xff;
  if (code === SQLITE_BUSY) return folderLocked(files, dir);
  return storageError(SQLITE_ERRNO[code] ?? 'EIO', `${dir} could not be locked: ${error.message}`, error);
}

function folderLocked(files: FileLayer, dir: string): KernelError {
  const note = readLockNote(files, dir);
  const holder = note === undefined ? 'another process' : `process ${note.pid} on ${note.host}`;
  return new KernelError('DataFolderLocked', `${dir} is in use by ${holder}`, {
    data: { dir, ...(note === undefined ? {} : { pid: note.pid, host: note.host, since: note.since }) },
  });
}
