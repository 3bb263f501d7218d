import path from 'node:path';
import { noLogger } from '@tksm/abstractions';
import { snapshotFault } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { namesIn, strayFile } from './file-faults.ts';
import type { FolderCheck } from './folder-check.ts';

const NAME = /^(\d{20})\.snap$/;

/** Snapshots: each must be whole, of this log, and have its digest. A bad one is passed over at the next start. */
export const snapshotsCheck: FolderCheck = {
  entries: ['snapshots'],
  async *check({ dir }) {
    const log = await openSegmentsReader({ dir });
    const store = openDiskSnapshots({ dir });
    for (const name of await namesIn(path.join(dir, 'snapshots'))) {
      const file = `snapshots/${name}`;
      const position = NAME.exec(name)?.[1];
      if (position === undefined) yield strayFile(file);
      else {
        const why = await snapshotFault({ log, store, logger: noLogger }, Number(position));
        if (why !== undefined) yield { kind: 'rebuildable', file, why };
      }
    }
    await log.close();
  },
};
