import path from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { BookmarkFolder, bookmarkFault } from '@tksm/observability';
import { PROJECTIONS } from '../projections/open-projection.ts';
import { logSource } from '../zone/log-source.ts';
import { isLoss, namesIn, strayFile } from './file-faults.ts';
import type { FolderCheck } from './folder-check.ts';

/** Bookmarks: each must be as it was written, and of this log. Another is dropped when its projection is next opened. */
export const projectionsCheck: FolderCheck = {
  entries: ['projections'],
  async *check({ dir }) {
    const folder = path.join(dir, 'projections');
    const names = await namesIn(folder);
    if (names.length === 0) return;
    const log = await openSegmentsReader({ dir });
    const bookmarks = new BookmarkFolder(folder);
    try {
      for (const name of names) {
        const file = `projections/${name}`;
        const projection = PROJECTIONS.find((known) => known.name === name);
        if (projection === undefined) {
          yield strayFile(file);
          continue;
        }
        const why = await bookmarkFault(projection, (await bookmarks.read(name)) ?? '', logSource(log));
        if (why !== undefined) yield { kind: 'rebuildable', file, why };
      }
    } catch (error) {
      // The log's own damage is told of already.
      if (!isKernelError(error) || !isLoss(error)) throw error;
    } finally {
      await log.close();
    }
  },
};
