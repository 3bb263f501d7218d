// Whole reads and writes over calls that may do less than they were asked for.

import path from 'node:path';
import type { FileLayer, OpenFile } from './file-layer.ts';
import { errnoOf, systemError } from './system-error.ts';

/** Bytes of a copy that are held at once. */
const COPY_BYTES = 1024 * 1024;

/** Fills `into` from `at` on, up to the end of the file. Answers the bytes read. */
export function readFully(file: OpenFile, into: Buffer, at: number): Buffer {
  let filled = 0;
  while (filled < into.length) {
    const read = file.read(into, filled, into.length - filled, at + filled);
    if (read === 0) break;
    filled += read;
  }
  return into.subarray(0, filled);
}

export function writeFully(file: OpenFile, bytes: Buffer, at: number): void {
  let written = 0;
  while (written < bytes.length) {
    const more = file.write(bytes, written, bytes.length - written, at + written);
    if (more === 0) throw systemError('EIO', 'write', 'nothing was written');
    written += more;
  }
}

/** The bytes of a file; undefined when there is none of that name. */
export function readFile(files: FileLayer, name: string): Buffer | undefined {
  const file = openIfThere(files, name);
  if (file === undefined) return undefined;
  try {
    return readFully(file, Buffer.alloc(file.size()), 0);
  } finally {
    file.close();
  }
}

export function openIfThere(files: FileLayer, name: string): OpenFile | undefined {
  try {
    return files.open(name, 'read');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Copies a file under another name: wholly and for good, or not at all. */
export async function copyFile(files: FileLayer, from: string, to: string): Promise<void> {
  const source = files.open(from, 'read');
  try {
    const copy = files.open(`${to}.tmp`, 'create');
    try {
      const buffer = Buffer.alloc(COPY_BYTES);
      for (let at = 0; ; at += COPY_BYTES) {
        const bytes = readFully(source, buffer, at);
        if (bytes.length === 0) break;
        writeFully(copy, bytes, at);
        await files.turn();
      }
      copy.flush();
    } finally {
      copy.close();
    }
  } finally {
    source.close();
  }
  files.rename(`${to}.tmp`, to);
  files.flushFolder(path.dirname(to));
}

/** A file under its final name is always whole: it is written and flushed under another one first. */
export function writeFile(files: FileLayer, name: string, bytes: Buffer): void {
  const file = files.open(`${name}.tmp`, 'create');
  try {
    writeFully(file, bytes, 0);
    file.flush();
  } finally {
    file.close();
  }
  files.rename(`${name}.tmp`, name);
  files.flushFolder(path.dirname(name));
}
