import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Opens a file for reading and writing, made when missing, never truncated: others may be at it. */
export function openForUpdate(file: string): number {
  closeSync(openSync(file, 'a', 0o600));
  return openSync(file, 'r+');
}

/** Bytes that the file has not are zeros. */
export function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  return bytes;
}

export function writeAt(file: number, offset: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, offset + done);
  }
}
