import { KernelError } from '@tksm/abstractions';
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { checkFileSum } from './file-sum.ts';
import { IndexReader } from './index-reader.ts';
import type { IndexFolder } from './index-folder.ts';
import { isIndexFile } from './index-schema.ts';

/** Size up to which the whole file is looked through when it is opened; of a larger one its keys, and each row that is read. */
const CHECKED_BYTES = 4 * 1_048_576;

/**
 * Opens an index file to read.
 *
 * @throws KernelError `IndexDamaged`
 */
export function openReader(folder: IndexFolder): IndexReader {
  return reading(() => {
    const isSmall = fs.statSync(folder.file).size <= CHECKED_BYTES;
    if (isSmall) checkFileSum(folder);
    return readerOn(new DatabaseSync(folder.file), isSmall);
  });
}

/**
 * Opens an index file to look, without leaving a trace: without a writer it has no other files, and none is made.
 *
 * @throws KernelError `IndexDamaged`
 */
export function openOnlooker({ file }: IndexFolder): IndexReader {
  return reading(() => {
    const url = pathToFileURL(file);
    if (!fs.existsSync(`${file}-wal`)) url.searchParams.set('immutable', '1');
    return readerOn(new DatabaseSync(url, { readOnly: true }), false);
  });
}

function readerOn(db: DatabaseSync, isToBeChecked: boolean): IndexReader {
  try {
    if (!isIndexFile(db)) throw new KernelError('IndexDamaged', 'the file is no job index');
    const said = isToBeChecked ? db.prepare('PRAGMA quick_check(1)').get()?.quick_check : 'ok';
    if (said !== 'ok') throw new KernelError('IndexDamaged', `the job index is damaged: ${String(said)}`);
    return new IndexReader(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof KernelError) throw cause;
    throw new KernelError('IndexDamaged', 'the job index cannot be opened', { cause });
  }
}
