import { isKernelError, KernelError } from '@tksm/abstractions';
import fs from 'node:fs';
import { crc32 } from 'node:zlib';
import { indexFolder } from './index-folder.ts';
import type { IndexFolder } from './index-folder.ts';

/** A larger file is closed without a sum: to read it would take too long. */
const LARGEST_SUMMED_BYTES = 1_073_741_824;
const CHUNK_BYTES = 1_048_576;

/** Keeps the CRC32 of an index file that nobody has open, so that a change of any byte shows, of unused ones, too. */
export function keepFileSum({ file, sum }: IndexFolder): void {
  // Somebody else looks at it, and the last changes lie beside it.
  if (fs.existsSync(`${file}-wal`) || fs.statSync(file).size > LARGEST_SUMMED_BYTES) return;
  fs.writeFileSync(sum, sumOf(file), { mode: 0o600, flush: true });
}

/** To be called before the file changes. */
export function dropFileSum({ sum }: IndexFolder): void {
  fs.rmSync(sum, { force: true });
}

/** Without a sum, nothing is said. @throws KernelError `IndexDamaged` when the file is not as it was closed */
export function checkFileSum({ file, sum }: IndexFolder): void {
  if (!fs.existsSync(sum) || fs.readFileSync(sum, 'latin1') === sumOf(file)) return;
  throw new KernelError('IndexDamaged', 'the job index is not as it was when it was closed');
}

/** Why the index file of a data folder is not as it was closed; undefined when it is, or nobody can tell. */
export function jobIndexFault({ dir }: { readonly dir: string }): string | undefined {
  const folder = indexFolder(dir);
  if (fs.existsSync(folder.condemned)) return 'it was found damaged, and is made anew by the next start';
  try {
    if (fs.existsSync(folder.file)) checkFileSum(folder);
    return undefined;
  } catch (error) {
    if (isKernelError(error, 'IndexDamaged')) return error.message;
    throw error;
  }
}

function sumOf(file: string): string {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const descriptor = fs.openSync(file, 'r');
  try {
    let [sum, size] = [0, 0];
    for (let read; (read = fs.readSync(descriptor, chunk)) > 0; size += read) {
      sum = crc32(chunk.subarray(0, read), sum);
    }
    return `${size} ${sum.toString(16).padStart(8, '0')}\n`;
  } finally {
    fs.closeSync(descriptor);
  }
}
