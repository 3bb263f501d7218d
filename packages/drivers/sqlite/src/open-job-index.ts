import { isKernelError } from '@tksm/abstractions';
import type { JobIndex, JobIndexReader, Logger } from '@tksm/abstractions';
import fs from 'node:fs';
import { indexFolder, removeIndex } from './index-folder.ts';
import type { IndexFolder } from './index-folder.ts';
import type { IndexReader } from './index-reader.ts';
import { openOnlooker, openReader } from './open-reader.ts';
import { SqliteJobIndex } from './sqlite-job-index.ts';

export interface OpenJobIndexOptions {
  /** The data folder; the caller holds its lock. */
  readonly dir: string;
  /** Told of a damaged index, which is removed: it is made anew from the log. */
  readonly logger?: Logger;
}

/** Opens the index of a data folder. A folder without one is left as it is until something retires. */
export function openJobIndex({ dir, logger }: OpenJobIndexOptions): JobIndex {
  const folder = indexFolder(dir);
  if (fs.existsSync(folder.condemned)) {
    logger?.log('warn', 'the job index was found damaged, and is removed', { code: 'IndexDamaged' });
    removeIndex(folder);
  }
  if (!fs.existsSync(folder.file)) return new SqliteJobIndex(folder, undefined);
  try {
    return new SqliteJobIndex(folder, wholeReader(folder));
  } catch (error) {
    if (!isKernelError(error, 'IndexDamaged')) throw error;
    logger?.log('warn', 'the job index is damaged, and is removed', { code: error.code });
    removeIndex(folder);
    return new SqliteJobIndex(folder, undefined);
  }
}

function wholeReader(folder: IndexFolder): IndexReader {
  const reader = openReader(folder);
  try {
    reader.checkKeys();
    return reader;
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** An index that is only looked at. */
export type JobIndexView = JobIndexReader & { close(): void };

/**
 * Opens the index of a data folder to look: beside a writer, or on a folder that nobody may write to.
 *
 * @returns undefined when there is none
 * @throws KernelError `IndexDamaged`
 */
export function openJobIndexView({ dir }: { readonly dir: string }): JobIndexView | undefined {
  const folder = indexFolder(dir);
  if (!fs.existsSync(folder.file)) return undefined;
  const reader = openOnlooker(folder);
  return {
    get mark() {
      return reader.mark();
    },
    get size() {
      return reader.size();
    },
    get: (id) => reader.get(id),
    startingWith: (prefix, limit) => reader.startingWith(prefix, limit),
    children: (parent) => reader.children(parent),
    latest: () => reader.latest(),
    close: () => {
      reader.close();
    },
  };
}
