import type { DriverCall } from '@tksm/abstractions';
import { readBytes, tooLarge } from '../bytes.ts';
import type { GuestDir } from '../run-input.ts';
import type { PlannedDir } from '../thread-plan.ts';

/** What is left of the bounds of all folders together. */
export interface CopyBounds {
  files: number;
  bytes: number;
}

interface Page {
  readonly entries: readonly { readonly name: string; readonly type: string; readonly size: number }[];
  readonly after?: string;
}

/**
 * Copies a folder for a program, by `fs.list` and `fs.read` under the caller's rights. Links, devices and names that no path
 * can say are left out. One that is only written to begins empty.
 *
 * @throws KernelError `PayloadTooLarge`; those of the driver `fs`
 */
export async function copyIn(dir: GuestDir, bounds: CopyBounds, call: DriverCall): Promise<PlannedDir> {
  const { guest, access } = dir;
  const folders: string[] = [];
  const files: [string, Uint8Array][] = [];
  const waiting = access === 'write' ? [] : [''];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    for await (const { name, type } of entriesOf(pathIn(dir, folder), call)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (type !== 'file' && type !== 'folder') continue;
      bounds.files -= 1;
      if (bounds.files < 0) throw tooLarge(`the folder ${dir.path} has too many files`);
      if (type === 'folder') {
        folders.push(path);
        waiting.push(path);
        continue;
      }
      const read = await call.call('fs', 'read', { path: pathIn(dir, path), as: 'bytes' });
      const content = await readBytes(read, call.blobs, bounds.bytes);
      bounds.bytes -= content.length;
      files.push([path, content]);
    }
  }
  return { guest, isWritable: access !== 'read', folders, files };
}

/** A path of the driver `fs` below a program's folder. */
export function pathIn({ path }: Pick<GuestDir, 'path'>, below: string): string {
  if (below === '') return path;
  return path === '/' ? `/${below}` : `${path}/${below}`;
}

async function* entriesOf(path: string, call: DriverCall): AsyncGenerator<Page['entries'][number], void> {
  let more: { readonly after?: string } = {};
  do {
    const page = (await call.call('fs', 'list', { path, ...more })) as unknown as Page;
    yield* page.entries;
    more = page.after === undefined ? {} : { after: page.after };
  } while (more.after !== undefined);
}
