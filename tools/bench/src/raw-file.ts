import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  write,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** What a no-op's submission takes in the log: about 300 bytes with its share of the frame. */
export const RECORD_BYTES = 300;
/** Zeros at the end of a preallocated file, so that no write ever changes the file's size. */
const SPARE_BYTES = 1_048_576;

/** A plain file that records are written to, each write flushed before the next. */
export interface RawFile {
  writeFlushed(): void | Promise<void>;
  close(): void;
}

/** The ways in which a program can have records flushed with plain Node.js. The best one is the limit. */
export const RAW_VARIANTS = ['appended', 'appended, async', 'preallocated', 'preallocated, async'] as const;
export type RawVariant = (typeof RAW_VARIANTS)[number];

/** A file of `count` writes of `bytes` each. Preallocated: filled with zeros, so that a flush has no metadata to write. */
export function openRawFile(dir: string, variant: RawVariant, count: number, bytes: number): RawFile {
  const file = path.join(dir, variant.replace(', ', '-'));
  const preallocated = variant.startsWith('preallocated');
  writeFileSync(file, preallocated ? Buffer.alloc(count * bytes + SPARE_BYTES) : '');
  const fd = openSync(file, preallocated ? 'r+' : 'a');
  fsyncSync(fd);
  const record = Buffer.alloc(bytes, 'x');
  let at = 0;
  const place = (): number | null => (preallocated ? (at += bytes) - bytes : null);
  const writeFlushed = variant.endsWith('async')
    ? () => writeThenFlush(fd, record, place())
    : () => {
        writeSync(fd, record, 0, bytes, place());
        fdatasyncSync(fd);
      };
  return { writeFlushed, close: () => closeSync(fd) };
}

/** By callbacks, which cost less than the promises of node:fs. */
function writeThenFlush(fd: number, record: Buffer, at: number | null): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, record, 0, record.length, at, (failed) => {
      if (failed) reject(failed);
      else fdatasync(fd, (lost) => (lost ? reject(lost) : resolve()));
    });
  });
}
