import { existsSync } from 'node:fs';
import path from 'node:path';
import { verifySegments } from '@tksm/drivers-segments';
import { namesIn, strayFile } from './file-faults.ts';
import type { FolderCheck } from './folder-check.ts';

const NAMES = ['log', 'FORMAT'];

/** Archived segments, where they lie in the data folder: all of them whole, and the log goes on from them. */
export const archiveCheck: FolderCheck = {
  entries: ['archive'],
  async *check({ dir, onRead }) {
    const archive = path.join(dir, 'archive');
    if (!existsSync(archive)) return;
    for (const name of await namesIn(archive)) if (!NAMES.includes(name)) yield strayFile(`archive/${name}`);
    if (!existsSync(path.join(archive, 'log'))) return;
    let read = 0;
    const onProgress = (done: number): void => {
      onRead(done - read);
      read = done;
    };
    const { damage, rebuildable, unknown } = await verifySegments(archive, { onProgress });
    if (damage !== undefined) yield { kind: 'damaged', ...damage, file: `archive/${damage.file}` };
    for (const file of rebuildable) {
      const why = 'it is missing, or not as it was written; the segments are read without it';
      yield { kind: 'rebuildable', file: `archive/${file}`, why };
    }
    for (const file of unknown) yield strayFile(`archive/${file}`);
  },
};
