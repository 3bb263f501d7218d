import path from 'node:path';
import type { LogHead } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { nodeFiles } from '../files/node-files.ts';
import { LOG_FOLDER, segmentName } from '../format/layout.ts';
import { durableHead } from '../reading/durable-head.ts';
import { readBase } from '../reading/log-base.ts';
import { listAllSegments, listSegments, segmentPath } from '../reading/segment-files.ts';
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

/** What `archive` would do. */
export interface ArchivePlan {
  readonly segments: readonly ArchivableSegment[];
  /** Segments that are archived and would be removed: an earlier call did not get to its end. */
  readonly leftovers: readonly string[];
}

/**
 * Which segments of a data folder end at or before a position, and are not its last. Looks only.
 *
 * @throws KernelError `DataFolderMissing`, `LogDamaged`, `StorageFailed`
 */
export async function planArchive(dir: string, before: number): Promise<ArchivePlan> {
  const folder = { files: nodeFiles, dir: path.resolve(dir) };
  return onStorage(`${dir} could not be read`, async () => {
    const { head } = await durableHead(folder);
    const leftovers = archivedSegments(folder).map((first) => `${LOG_FOLDER}/${segmentName(first)}`);
    return { segments: archivableSegments(folder, before, head), leftovers };
  });
}

/** Segments that BASE says are archived. */
export function archivedSegments(folder: DataFolder): number[] {
  const base = readBase(folder).position;
  return listAllSegments(folder).filter((first) => first < base);
}

/** Something is left behind them, so that the end of the log is known without them. */
export function archivableSegments(folder: DataFolder, before: number, head: LogHead): ArchivableSegment[] {
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
