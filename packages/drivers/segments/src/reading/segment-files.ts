import { open, readdir, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { isKernelError, KernelError } from '@tksm/abstractions';
import { formatTooNew, isKnownFormat } from '../format/format-file.ts';
import { newestMark } from '../format/head-slot.ts';
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
import { logDamaged } from './log-damage.ts';
import { errnoOf } from './storage-error.ts';

export function segmentPath(dir: string, segment: number): string {
  return path.join(dir, LOG_FOLDER, segmentName(segment));
}

/** First positions of the segments, ascending. @throws KernelError `DataFolderMissing` when there is no log */
export async function listSegments(dir: string): Promise<number[]> {
  const names = await readdir(path.join(dir, LOG_FOLDER)).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error;
    throw new KernelError('DataFolderMissing', `${dir} holds no log`, { data: { dir }, cause: error });
  });
  const segments: number[] = [];
  for (const name of names) {
    const position = segmentPosition(name);
    if (position !== undefined) segments.push(position);
  }
  return segments.sort((a, b) => a - b);
}

/** As {@link listSegments}; none when there is no log. */
export async function listSegmentsIfAny(dir: string): Promise<number[]> {
  return listSegments(dir).catch((error: unknown) => {
    if (isKernelError(error, 'DataFolderMissing')) return [];
    throw error;
  });
}

/**
 * Reads the header of a segment.
 *
 * @throws KernelError `LogDamaged` when it is not the header of a segment that begins here; `FormatTooNew`.
 */
export async function readSegmentHeader(file: FileHandle, segment: number): Promise<SegmentHeader> {
  const block = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const { bytesRead } = await file.read(block, 0, block.length, 0);
  const reading = decodeSegmentHeader(block.subarray(0, bytesRead));
  if ('tooNew' in reading) throw formatTooNew(reading.tooNew);
  const damage = (why: string): KernelError =>
    logDamaged({ position: segment, file: `${LOG_FOLDER}/${segmentName(segment)}`, offset: 0, why });
  if ('damage' in reading) throw damage(reading.damage);
  if (reading.header.firstPosition !== segment) throw damage('the segment is not the one that its name says');
  return reading.header;
}

/** Opens a segment for reading; undefined when there is none of that name. */
export async function openSegment(dir: string, segment: number): Promise<FileHandle | undefined> {
  return open(segmentPath(dir, segment), 'r').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

/** The newest mark in HEAD and the slot it is in; undefined when there is none that can be read. */
export async function readHeadMark(
  dir: string,
): Promise<{ readonly mark: HeadMark; readonly slot: 0 | 1 } | undefined> {
  return newestMark((await readIfThere(path.join(dir, LOG_FOLDER, HEAD_FILE))) ?? Buffer.alloc(0));
}

/** Whether FORMAT is whole and known. @throws KernelError `FormatTooNew` */
export async function hasKnownFormat(dir: string): Promise<boolean> {
  const text = await readIfThere(path.join(dir, FORMAT_FILE));
  return text !== undefined && isKnownFormat(text.toString('latin1'));
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}
