import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@tksm/abstractions';
import { openSegments } from '@tksm/drivers-segments';
import type { FileFault } from './folder-check.ts';

/** Files that are made anew together with one of them. */
const TOGETHER: readonly (readonly [prefix: string, names: readonly string[]])[] = [
  ['index/', ['index']],
  ['proofs/', ['proofs/frames', 'proofs/nodes']],
];
const PREFIXES = ['index/', 'projections/', 'proofs/', 'snapshots/'];

/** What beside the log is not as it was, and is made anew when it is missing. */
export function toSetAside(faults: readonly FileFault[]): readonly string[] {
  const found = faults.filter(
    ({ kind, file }) => kind === 'rebuildable' && PREFIXES.some((prefix) => file.startsWith(prefix)),
  );
  const names = found.flatMap(({ file }) => {
    return TOGETHER.find(([prefix]) => file.startsWith(prefix))?.[1] ?? [file];
  });
  return [...new Set(names)].sort();
}

/**
 * Moves these out of the way, as the one writer of the folder, into a folder of copies.
 *
 * @throws KernelError as `openSegments`
 */
export async function setAside(
  dir: string,
  names: readonly string[],
  into: string | undefined,
  clock: Clock,
): Promise<string> {
  const log = await openSegments({ dir, clock });
  try {
    const copies = into ?? path.join(log.dir, `repair-${clock.now()}`);
    for (const name of names) {
      const from = path.join(log.dir, name);
      if (!existsSync(from)) continue;
      await mkdir(path.dirname(path.join(copies, name)), { recursive: true, mode: 0o700 });
      await rename(from, path.join(copies, name));
    }
    return copies;
  } finally {
    await log.close();
  }
}
