import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { NO_HASH } from '@tksm/abstractions';
import { FORMAT_TEXT } from '../format/format-file.ts';
import { FIRST_CHUNK_BYTES, FORMAT_FILE, LOG_FOLDER, SEGMENT_HEADER_BYTES } from '../format/layout.ts';
import { encodeSegmentHeader } from '../format/segment-header.ts';
import { segmentPath } from '../reading/segment-files.ts';

/** Writes FORMAT, whole or not at all. */
export async function writeFormat(dir: string): Promise<void> {
  await writeWhole(path.join(dir, FORMAT_FILE), Buffer.from(FORMAT_TEXT, 'latin1'));
}

/** Writes the first segment, with zeros for the first frames. */
export async function createFirstSegment(dir: string): Promise<void> {
  await mkdir(path.join(dir, LOG_FOLDER), { recursive: true });
  const header = { firstPosition: 0, previousHash: NO_HASH, previousFirst: 0, previousBytes: 0 };
  const zeros = Buffer.alloc(FIRST_CHUNK_BYTES - SEGMENT_HEADER_BYTES);
  await writeWhole(segmentPath(dir, 0), Buffer.concat([encodeSegmentHeader(header), zeros]));
  await flushFolder(dir);
}

/** A file under its final name is always whole: it is written and flushed under another one first. */
async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(`${file}.tmp`, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.tmp`, file);
  await flushFolder(path.dirname(file));
}

/** Removes segments whose making was interrupted. */
export async function removeLeftovers(dir: string): Promise<void> {
  const folder = path.join(dir, LOG_FOLDER);
  const names = await readdir(folder);
  for (const name of names) if (name.endsWith('.seg.tmp')) await rm(path.join(folder, name), { force: true });
}

/** Makes the names in a folder durable. */
export async function flushFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
