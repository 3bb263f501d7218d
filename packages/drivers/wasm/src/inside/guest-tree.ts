import { Directory, File, PreopenDirectory } from '@bjorn3/browser_wasi_shim';
import type { Inode } from '@bjorn3/browser_wasi_shim';
import type { ChangedDir, PlannedDir, ThreadPlan } from '../thread-plan.ts';

/** A folder of the program's, in memory: as it was planned. */
export function guestFolder({ guest, files, folders, isWritable }: PlannedDir): PreopenDirectory {
  const root = new PreopenDirectory(guest, new Map());
  for (const path of folders) enter(root.dir, path, () => new Directory(new Map()));
  for (const [path, content] of files)
    enter(root.dir, path, () => new File(content, { readonly: !isWritable }));
  return root;
}

/**
 * What the program changed in its folders. One file may have many names, so that what is left may be far more than what was
 * written.
 *
 * @throws Error when there is more than the plan allows
 */
export function changesIn(folders: readonly PreopenDirectory[], plan: ThreadPlan): readonly ChangedDir[] {
  const left = { bytes: plan.maxFileBytes, files: plan.maxFiles };
  return folders.map(({ dir }, index) => {
    const planned = plan.dirs[index];
    if (planned?.isWritable !== true) return { files: [], folders: [] };
    return changesOf(dir, planned, (bytes) => {
      left.bytes -= bytes;
      left.files -= 1;
      if (left.files < 0) throw new Error(`it leaves more than ${plan.maxFiles} new files and folders`);
      if (left.bytes < 0) throw new Error(`it leaves more than ${plan.maxFileBytes} bytes of new files`);
    });
  });
}

function changesOf(dir: Directory, planned: PlannedDir, count: (bytes: number) => void): ChangedDir {
  const [oldFiles, oldFolders] = [new Map(planned.files), new Set(planned.folders)];
  const files: [string, Uint8Array][] = [];
  const folders: string[] = [];
  for (const [path, inode] of below(dir, '', new Set())) {
    if (inode instanceof Directory && !oldFolders.has(path)) {
      count(0);
      folders.push(path);
    } else if (inode instanceof File) {
      const old = oldFiles.get(path);
      if (old !== undefined && Buffer.compare(old, inode.data) === 0) continue;
      count(inode.data.length);
      // A copy: the file's own buffer may be longer than the file.
      files.push([path, inode.data.slice()]);
    }
  }
  return { files, folders };
}

function enter(root: Directory, path: string, make: () => Inode): void {
  const names = path.split('/');
  const name = names.pop() ?? '';
  let folder: Inode | undefined = root;
  for (const one of names) folder = folder instanceof Directory ? folder.contents.get(one) : undefined;
  if (folder instanceof Directory) folder.contents.set(name, make());
}

/** What is in a folder, with paths relative to it; each folder once, whatever the program did to the tree. */
function* below(folder: Directory, path: string, seen: Set<Directory>): Generator<[string, Inode], void> {
  for (const [name, inode] of folder.contents) {
    if (inode instanceof Directory && seen.has(inode)) continue;
    if (inode instanceof Directory) seen.add(inode);
    yield [`${path}${name}`, inode];
    if (inode instanceof Directory) yield* below(inode, `${path}${name}/`, seen);
  }
}
