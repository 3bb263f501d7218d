import path from 'node:path';
import { NO_HASH } from '@tksm/abstractions';
import type { LogHead } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { writeFile } from '../files/transfer.ts';
import { FORMAT_TEXT } from '../format/format-file.ts';
import { FIRST_CHUNK_BYTES, FORMAT_FILE, LOG_FOLDER, SEGMENT_HEADER_BYTES } from '../format/layout.ts';
import { encodeSegmentHeader } from '../format/segment-header.ts';
import { segmentPath } from '../reading/segment-files.ts';

/** Writes FORMAT, whole or not at all. */
export function writeFormat({ files, dir }: DataFolder): void {
  writeFile(files, path.join(dir, FORMAT_FILE), Buffer.from(FORMAT_TEXT, 'latin1'));
}

/** Writes the first segment, with zeros for the first frames; of a log that does not begin at 0, behind a frame. */
export function createFirstSegment(
  { files, dir }: DataFolder,
  { position, hash }: Pick<LogHead, 'position' | 'hash'> = { position: 0, hash: NO_HASH },
): void {
  files.makeFolder(path.join(dir, LOG_FOLDER));
  const header = { firstPosition: position, previousHash: hash, previousFirst: 0, previousBytes: 0 };
  const zeros = Buffer.alloc(FIRST_CHUNK_BYTES - SEGMENT_HEADER_BYTES);
  writeFile(files, segmentPath(dir, position), Buffer.concat([encodeSegmentHeader(header), zeros]));
  files.flushFolder(dir);
}

/** Removes segments whose making was interrupted. */
export function removeLeftovers({ files, dir }: DataFolder): void {
  const log = path.join(dir, LOG_FOLDER);
  for (const name of files.list(log)) if (name.endsWith('.seg.tmp')) files.remove(path.join(log, name));
}
