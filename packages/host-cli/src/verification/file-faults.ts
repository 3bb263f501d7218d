import { readdir } from 'node:fs/promises';
import type { KernelError } from '@tksm/abstractions';
import type { FileFault } from './folder-check.ts';

/** Names in a folder, sorted; none when it is missing. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** A name that nothing answers for: of interrupted work when it says so, else unknown. */
export function strayFile(file: string): FileFault {
  return file.endsWith('.tmp')
    ? { kind: 'leftover', file, why: 'left by work that was interrupted' }
    : { kind: 'unknown', file, why: 'not a file of TKSM' };
}

/** Whether an error of a reading means that something is gone: also what nothing but the archive can replace. */
export function isLoss({ category, code }: KernelError): boolean {
  return category === 'damaged' || code === 'EventArchived';
}
