import path from 'node:path';
import type { LogHead } from '@tksm/abstractions';
import type { DataFolder } from './files/file-layer.ts';
import { nodeFiles } from './files/node-files.ts';
import { LOG_FOLDER } from './format/layout.ts';
import { writeBase } from './reading/log-base.ts';
import { segmentStart } from './reading/place.ts';
import { onStorage } from './reading/storage-error.ts';
import { createFirstSegment, writeFormat } from './recovery/create-log.ts';
import { writeMark } from './recovery/recover-log.ts';

/**
 * Makes a log without events that goes on behind a head: for a folder whose state comes from a snapshot. The folder is
 * new, and nobody else's yet.
 *
 * @throws KernelError `DiskFull`, `DataFolderReadOnly`, `StorageFailed`
 */
export async function restoreSegments(dir: string, head: LogHead): Promise<void> {
  const folder: DataFolder = { files: nodeFiles, dir: path.resolve(dir) };
  await onStorage(`${dir} could not be written`, () => {
    const { position, hash } = head;
    folder.files.makeFolder(path.join(folder.dir, LOG_FOLDER));
    createFirstSegment(folder, { position, hash });
    writeBase(folder, { position, hash, isArchive: false });
    writeMark(folder, { ...segmentStart(position, hash), head }, undefined);
    writeFormat(folder);
    folder.files.flushFolder(folder.dir);
  });
}
