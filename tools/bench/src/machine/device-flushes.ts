import { readFileSync, statSync } from 'node:fs';

/** Column of completed flush requests in /proc/diskstats (Linux 5.5 and later). */
const FLUSHES_COLUMN = 18;

/** Flush requests that the disk below a folder has completed, for everybody. Undefined where nothing counts them. */
export function deviceFlushes(dir: string): number | undefined {
  try {
    const { dev } = statSync(dir);
    const [major, minor] = [(dev >>> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)];
    for (const line of readFileSync('/proc/diskstats', 'utf8').split('\n')) {
      const fields = line.trim().split(/\s+/).map(Number);
      if (fields[0] === major && fields[1] === minor) return fields[FLUSHES_COLUMN];
    }
  } catch {
    // Not a Linux machine.
  }
  return undefined;
}
