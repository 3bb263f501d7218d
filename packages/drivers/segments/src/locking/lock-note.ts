import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { DataFolder, FileLayer } from '../files/file-layer.ts';
import { readFile, writeFully } from '../files/transfer.ts';
import { crc32c } from '../format/crc32c.ts';
import { LOCK_FILE, LOCK_NOTE_FILE } from '../format/layout.ts';

/** Who holds a data folder. */
export interface LockNote {
  readonly pid: number;
  readonly host: string;
  /** When it took the folder, ms since 1970. */
  readonly since: number;
  /** Tells a process from a later one of the same number: boot id and start time. Empty where the system does not say. */
  readonly birth: string;
  /** Inode of the lock file: a copy of the folder has another one. */
  readonly inode: string;
}

/** States of a process that has ended: zombie and dead. */
const DEAD: readonly string[] = ['Z', 'X'];

export function writeLockNote(files: FileLayer, dir: string, since: number): void {
  const note: LockNote = {
    pid: process.pid,
    host: hostname(),
    since,
    birth: birthOf('self'),
    inode: inodeOf(files, dir),
  };
  const file = files.open(path.join(dir, LOCK_NOTE_FILE), 'create');
  try {
    writeFully(file, Buffer.from(textOf(note)), 0);
  } finally {
    file.close();
  }
}

export function removeLockNote(files: FileLayer, dir: string): void {
  files.remove(path.join(dir, LOCK_NOTE_FILE));
}

/** The note and its checksum. */
function textOf({ pid, host, since, birth, inode }: LockNote): string {
  const note = { pid, host, since, birth, inode };
  const check = crc32c(Buffer.from(JSON.stringify(note)));
  return `${JSON.stringify({ ...note, check })}\n`;
}

/** Whether there is a note that is not as it was written. */
export function isLockNoteDamaged({ files, dir }: DataFolder): boolean {
  const bytes = readFile(files, path.join(dir, LOCK_NOTE_FILE));
  return bytes !== undefined && readLockNote(files, dir) === undefined;
}

/** The note in a folder; undefined when there is none, or it is not as it was written. */
export function readLockNote(files: FileLayer, dir: string): LockNote | undefined {
  try {
    const text = String(readFile(files, path.join(dir, LOCK_NOTE_FILE)));
    const note: unknown = JSON.parse(text);
    return isLockNote(note) && textOf(note) === text ? note : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the process of a note certainly lives, on this machine and for this folder. The operating system drops a
 * process's lock when that process closes the lock file by any other way, as a copy of the folder does; the note still
 * tells. False where the system does not say when processes started.
 */
export function isHolderAlive(files: FileLayer, dir: string, note: LockNote): boolean {
  if (note.birth === '' || note.host !== hostname() || note.inode !== inodeOf(files, dir)) return false;
  return birthOf(String(note.pid)) === note.birth;
}

function isLockNote(note: unknown): note is LockNote {
  if (typeof note !== 'object' || note === null) return false;
  const { pid, host, since, birth, inode } = note as Partial<Record<keyof LockNote, unknown>>;
  const areTexts = [host, birth, inode].every((text) => typeof text === 'string');
  return Number.isSafeInteger(pid) && Number.isSafeInteger(since) && areTexts;
}

function inodeOf(files: FileLayer, dir: string): string {
  return files.identity(path.join(dir, LOCK_FILE));
}

function birthOf(pid: string): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields 3 and 22, counted after the program's name, which may hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', startedAt] = [fields[0], fields[19]];
    // What is dead and only not yet asked about by its parent holds nothing any more.
    return startedAt === undefined || DEAD.includes(state) ? '' : `${boot}/${startedAt}`;
  } catch {
    return '';
  }
}
