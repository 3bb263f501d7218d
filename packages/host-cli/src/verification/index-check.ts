import path from 'node:path';
import { isKernelError, noLogger } from '@tksm/abstractions';
import { checkIndex, firstPosition, readState } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { jobIndexFault, openJobIndexView } from '@tksm/drivers-sqlite';
import { folderHolder } from '../zone/folder-holder.ts';
import { isLoss, namesIn, strayFile } from './file-faults.ts';
import type { FolderCheck } from './folder-check.ts';

const FILE = 'index/jobs.db';
/** What SQLite keeps beside the file while it is open. */
const BESIDE = /^jobs\.db-(wal|shm)$/;
const OWN = ['jobs.db', 'jobs.sum', 'damaged'];

/** The job index: every record that the log retired must be in it, as it was. What is wrong is made anew by the next start. */
export const indexCheck: FolderCheck = {
  entries: ['index'],
  async *check({ dir }) {
    const names = await namesIn(path.join(dir, 'index'));
    if (names.length === 0) {
      if (await isLastCopy(dir))
        yield { kind: 'damaged', file: FILE, why: 'it is missing, and what it is made of is archived' };
      return;
    }
    const isInUse = (await folderHolder(dir)) !== undefined;
    for (const name of names) {
      const file = `index/${name}`;
      if (OWN.includes(name)) continue;
      if (!BESIDE.test(name)) yield strayFile(file);
      else if (!isInUse) yield { kind: 'leftover', file, why: 'of a kernel that was killed' };
    }
    const why = (await faultOf(dir, isInUse)) ?? (isInUse ? undefined : jobIndexFault({ dir }));
    if (why !== undefined)
      yield { kind: (await isLastCopy(dir)) ? 'damaged' : 'rebuildable', file: FILE, why };
  },
};

/** Whether an index cannot be made anew from the log, and holds something; of a log that cannot be read neither is known. */
async function isLastCopy(dir: string): Promise<boolean> {
  const log = await openSegmentsReader({ dir });
  try {
    if ((await firstPosition(log)) === 0) return false;
    const { state } = await readState({ log, store: openDiskSnapshots({ dir }), logger: noLogger });
    return Object.values(state.jobs.retired()).some((count) => count > 0);
  } catch (error) {
    if (isKernelError(error) && isLoss(error)) return false;
    throw error;
  } finally {
    await log.close();
  }
}

async function faultOf(dir: string, isInUse: boolean): Promise<string | undefined> {
  const log = await openSegmentsReader({ dir });
  try {
    const index = openJobIndexView({ dir });
    if (index === undefined) return undefined;
    const { wrong, foreign } = await checkIndex(log, index);
    index.close();
    if (wrong.length > 0) return `records are missing or changed, the first is ${wrong[0] ?? ''}`;
    // Whoever writes may be ahead of the log that was read.
    return foreign > 0 && !isInUse ? `${foreign} records belong to nothing in the log` : undefined;
  } catch (error) {
    if (isKernelError(error, 'IndexDamaged')) return error.message;
    // A damaged log is said elsewhere, and of an archived one the rest is not enough: there is nothing to compare with.
    if (isKernelError(error) && isLoss(error)) return undefined;
    throw error;
  } finally {
    await log.close();
  }
}
