import { KernelError } from '@tksm/abstractions';
import type { DriverCall } from '@tksm/abstractions';
import { isPath } from '../run-input.ts';
import type { GuestDir } from '../run-input.ts';
import type { ChangedDir } from '../thread-plan.ts';
import { pathIn } from './copy-in.ts';

/** Most of a file that is handed on without a blob. */
const INLINE_BYTES = 16_384;

/**
 * Writes what a program left in its folders, by `fs.mkdir` and `fs.write` under the caller's rights; answers with the number
 * of files. Each is written as a whole; all names are looked at first. What the program deleted is not deleted.
 *
 * @throws KernelError `InvalidInput` for a name that no path can say; those of the driver `fs`
 */
export async function copyOut(
  dirs: readonly GuestDir[],
  changes: readonly ChangedDir[],
  call: DriverCall,
): Promise<number> {
  const folders = dirs.flatMap((dir, index) =>
    (changes[index]?.folders ?? []).map((path) => pathIn(dir, path)),
  );
  const files = dirs.flatMap((dir, index) =>
    (changes[index]?.files ?? []).map(([path, content]) => ({ path: pathIn(dir, path), content })),
  );
  for (const path of [...folders, ...files.map((file) => file.path)]) {
    if (!isPath(path)) throw unnameable(path);
  }
  for (const path of folders) await call.call('fs', 'mkdir', { path });
  for (const { path, content } of files) {
    call.signal.throwIfAborted();
    const isSmall = content.length <= INLINE_BYTES;
    const given = isSmall ? { bytes: content } : { blob: await call.blobs.write([content]) };
    await call.call('fs', 'write', { path, ...given });
  }
  return files.length;
}

function unnameable(path: string): KernelError {
  const shown = JSON.stringify(path.slice(0, 140).toWellFormed());
  return new KernelError('InvalidInput', `the module left a file whose name no path can have: ${shown}`, {
    next: 'let it use names without invisible characters, \\ and *; nothing was written',
  });
}
