import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** Device and file system below a folder, such as `/dev/vda (ext4)`: what flushes there mean depends on it. */
export async function diskBelow(dir: string): Promise<string> {
  try {
    const lines = (await readFile('/proc/self/mounts', 'utf8')).trim().split('\n');
    const mounts = lines.map((line) => line.split(' '));
    const { dev } = await stat(dir);
    for (let folder = path.resolve(dir); ; folder = path.dirname(folder)) {
      // The last mount over a folder is the one that is seen.
      const [device, , type] = mounts.findLast(([, at]) => at === folder) ?? [];
      if (device !== undefined && (await stat(folder)).dev === dev) return `${device} (${type ?? ''})`;
      if (folder === path.dirname(folder)) break;
    }
  } catch {
    // Not a Linux machine.
  }
  return 'an unknown disk';
}
