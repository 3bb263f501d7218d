import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/** The process that has a data folder open for writing, as its note there says. */
export interface FolderHolder {
  readonly pid: number;
  readonly host: string;
  /** Since when, ms since 1970. */
  readonly since: number;
}

/** Who runs a folder now; undefined when nobody does. Looks only: it takes no lock. */
export async function folderHolder(dir: string): Promise<FolderHolder | undefined> {
  let note: Partial<Record<keyof FolderHolder, unknown>>;
  try {
    note = JSON.parse(await readFile(path.join(dir, 'lock.json'), 'utf8')) as typeof note;
  } catch {
    return undefined;
  }
  const { pid, host, since } = note;
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return undefined;
  return host !== hostname() || isAlive(pid) ? { pid, host, since } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
