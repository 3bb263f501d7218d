import path from 'node:path';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { DataFolder, OpenFile } from '../files/file-layer.ts';
import { openIfThere, readFile, readFully } from '../files/transfer.ts';
import { formatTooNew, isKnownFormat } from '../format/format-file.ts';
import { isPristine, newestMark } from '../format/head-slot.ts';
import type { HeadMark } from '../format/head-slot.ts';
import {
  FORMAT_FILE,
  HEAD_FILE,
  LOG_FOLDER,
  SEGMENT_HEADER_BYTES,
  segmentName,
  segmentPosition,
} from '../format/layout.ts';
import { decodeSegmentHeader } from '../format/segment-header.ts';
import type { SegmentHeader } from '../format/segment-header.ts';
import { readBase } from './log-base.ts';
import { logDamaged } from './log-damage.ts';
import { errnoOf } from '../files/system-error.ts';

export function segmentPath(dir: string, segment: number): string {
  return path.join(dir, LOG_FOLDER, segmentName(segment));
}

/**
 * First positions of the segments of a log, ascending. One that was archived and not yet removed is none of them.
 *
 * @throws KernelError `DataFolderMissing` when there is no log; `LogDamaged` when BASE is
 */
export function listSegments(folder: DataFolder): number[] {
  const all = listAllSegments(folder);
  const base = readBase(folder).position;
  return all.filter((first) => first >= base);
}

/** First positions in the names of segments, ascending. @throws KernelError `DataFolderMissing` when there is no log */
export function listAllSegments(folder: DataFolder): number[] {
  const segments: number[] = [];
  for (const name of namesOfLog(folder)) {
    const position = segmentPosition(name);
    if (position !== undefined) segments.push(position);
  }
  return segments.sort((a, b) => a - b);
}

function namesOfLog({ files, dir }: DataFolder): readonly string[] {
  try {
    return files.list(path.join(dir, LOG_FOLDER));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error;
    throw new KernelError('DataFolderMissing', `${dir} holds no log`, { data: { dir }, cause: error });
  }
}

/** Whether a folder has any segment; it need not be there. */
export function hasSegments(folder: DataFolder): boolean {
  return ifAny(() => listAllSegments(folder)).length > 0;
}

/** As {@link listSegments}; none when there is no log. */
export function listSegmentsIfAny(folder: DataFolder): number[] {
  return ifAny(() => listSegments(folder));
}

function ifAny(list: () => number[]): number[] {
  try {
    return list();
  } catch (error) {
    if (isKernelError(error, 'DataFolderMissing')) return [];
    throw error;
  }
}

/**
 * Reads the header of a segment.
 *
 * @throws KernelError `LogDamaged` when it is not the header of a segment that begins here; `FormatTooNew`.
 */
export function readSegmentHeader(file: OpenFile, segment: number): SegmentHeader {
  const reading = decodeSegmentHeader(readFully(file, Buffer.alloc(SEGMENT_HEADER_BYTES), 0));
  if ('tooNew' in reading) throw formatTooNew(reading.tooNew);
  const damage = (why: string): KernelError =>
    logDamaged({ position: segment, file: `${LOG_FOLDER}/${segmentName(segment)}`, offset: 0, why });
  if ('damage' in reading) throw damage(reading.damage);
  if (reading.header.firstPosition !== segment) throw damage('the segment is not the one that its name says');
  return reading.header;
}

/** Opens a segment for reading; undefined when there is none of that name. */
export function openSegment({ files, dir }: DataFolder, segment: number): OpenFile | undefined {
  return openIfThere(files, segmentPath(dir, segment));
}

/** What HEAD says. */
export interface FoundMark {
  readonly mark: HeadMark;
  readonly slot: 0 | 1;
  /** Every bit of the file is as it was left. */
  readonly isPristine: boolean;
}

/** The newest mark in HEAD; undefined when there is none that can be read. */
export function readHeadMark({ files, dir }: DataFolder): FoundMark | undefined {
  const bytes = readFile(files, path.join(dir, LOG_FOLDER, HEAD_FILE)) ?? Buffer.alloc(0);
  const newest = newestMark(bytes);
  return newest === undefined ? undefined : { ...newest, isPristine: isPristine(bytes) };
}

/** Whether FORMAT is whole and known. @throws KernelError `FormatTooNew` */
export function hasKnownFormat({ files, dir }: DataFolder): boolean {
  const text = readFile(files, path.join(dir, FORMAT_FILE));
  return text !== undefined && isKnownFormat(text.toString('latin1'));
}
