import fs from 'node:fs';
import path from 'node:path';

/** Where an index lies in a data folder. */
export interface IndexFolder {
  readonly dir: string;
  readonly file: string;
  /** CRC32 of the file, kept while nobody has it open. */
  readonly sum: string;
  /** Its being there says that the file was found damaged. */
  readonly condemned: string;
}

export function indexFolder(dataDir: string): IndexFolder {
  const dir = path.join(dataDir, 'index');
  const named = (name: string): string => path.join(dir, name);
  return { dir, file: named('jobs.db'), sum: named('jobs.sum'), condemned: named('damaged') };
}

/** SQLite keeps two more files beside one that is open. */
const SUFFIXES = ['', '-wal', '-shm'];

/** Removes an index: it will be made anew from the log. */
export function removeIndex({ file, sum, condemned }: IndexFolder): void {
  for (const suffix of SUFFIXES) fs.rmSync(file + suffix, { force: true });
  fs.rmSync(sum, { force: true });
  fs.rmSync(condemned, { force: true });
}

/** Has the index made anew when it is next opened. */
export function condemnIndex({ condemned }: IndexFolder): void {
  fs.writeFileSync(condemned, '');
}
