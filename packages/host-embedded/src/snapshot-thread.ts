import { makeSnapshot } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { makeSnapshotInThread } from '@tksm/drivers-system';

// What each thread that makes a snapshot runs: it reads the folder as any follower does.
await makeSnapshotInThread(async (dir, logger) => {
  const log = await openSegmentsReader({ dir });
  try {
    await makeSnapshot({ log, store: openDiskSnapshots({ dir }), logger });
  } finally {
    await log.close();
  }
});
