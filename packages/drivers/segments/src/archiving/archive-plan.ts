import path from 'node:path';
import type { LogHead } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { nodeFiles } from '../files/node-files.ts';
import { LOG_FOLDER, segmentName } from '../format/layout.ts';
import { durableHead } from '../reading/durable-head.ts';
import { listSegments, segmentPath } from '../reading/segment-files.ts';
import { onStorage } from '../reading/storage-error.ts';

/** A segment that can leave the log. */
export interface ArchivableSegment {
  /** Name, below the data folder. */
  readonly file: string;
  /** First event. */
  readonly first: number;
  /** First event after it. */
  readonly end: number;
  readonly bytes: number;
}

/**
 * The segments of a data folder that end at or before a position, and are not its last: those that `archive` would move.
 * Looks only.
 *
 * @throws KernelError `DataFolderMissing`, `LogDamaged`, `StorageFailed`
 */
export async function archivableSegments(dir: string, before: number): Promise<ArchivableSegment[]> {
  const folder = { files: nodeFiles, dir: path.resolve(dir) };
  return onStorage(`${dir} could not be read`, async () => {
    const { head } = await durableHead(folder);
    return planArchive(folder, before, head);
  });
}

/** As {@link archivableSegments}. Something is left behind them, so that the end of the log is known without them. */
export function planArchive(folder: DataFolder, before: number, head: LogHead): ArchivableSegment[] {
  const segments = listSegments(folder);
  return segments.flatMap((first, at) => {
    const end = segments[at + 1];
    if (end === undefined || end > before || end >= head.position) return [];
    return [{ file: `${LOG_FOLDER}/${segmentName(first)}`, first, end, bytes: sizeOf(folder, first) }];
  });
}

function sizeOf({ files, dir }: DataFolder, segment: number): number {
  const file = files.open(segmentPath(dir, segment), 'read');
  try {
    return file.size();
  } finally {
    file.close();
  }
}
