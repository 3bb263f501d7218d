import { readdir, readFile } from 'node:fs/promises';
import type { JobId } from '@tksm/abstractions';
import { JOB_MARKER } from './child-environment.ts';

const PROCESSES = '/proc';

/**
 * Processes that were started for a job, by the marker in their environment: those that left their group, and those
 * whose kernel died. Linux only; elsewhere none is found. Sees only processes whose environment this user may read.
 */
export async function leftoversOf(job: JobId): Promise<readonly number[]> {
  const names = await readdir(PROCESSES).catch(() => []);
  const marker = Buffer.from(`${JOB_MARKER}=${job}\0`);
  const found: number[] = [];
  for (const name of names) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    // It may be gone, or another user's.
    const environment = await readFile(`${PROCESSES}/${name}/environ`).catch(() => undefined);
    if (environment?.includes(marker)) found.push(Number(name));
  }
  return found;
}

/** Sends SIGKILL to a job's leftovers and says how many there were. */
export async function endLeftovers(job: JobId): Promise<number> {
  const found = await leftoversOf(job);
  for (const pid of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  return found.length;
}
