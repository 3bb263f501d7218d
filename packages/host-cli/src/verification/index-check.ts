import path from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import { checkIndex } from '@tksm/core';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { openJobIndexView } from '@tksm/drivers-sqlite';
import { folderHolder } from '../zone/folder-holder.ts';
import { namesIn, strayFile } from './file-faults.ts';
import type { FolderCheck } from './folder-check.ts';

const FILE = 'index/jobs.db';
const OWN = /^(jobs\.db(-wal|-shm)?|damaged)$/;

/** The job index: every record that the log retired must be in it, as it was. What is wrong is made anew by the next start. */
export const indexCheck: FolderCheck = {
  entries: ['index'],
  async *check({ dir }) {
    const names = await namesIn(path.join(dir, 'index'));
    for (const name of names) if (!OWN.test(name)) yield strayFile(`index/${name}`);
    const why = names.length === 0 ? undefined : await faultOf(dir);
    if (why !== undefined) yield { kind: 'rebuildable', file: FILE, why };
  },
};

async function faultOf(dir: string): Promise<string | undefined> {
  const isInUse = (await folderHolder(dir)) !== undefined;
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
    // A damaged log is said elsewhere: there is nothing to compare with.
    if (isKernelError(error) && error.category === 'damaged') return undefined;
    throw error;
  } finally {
    await log.close();
  }
}
