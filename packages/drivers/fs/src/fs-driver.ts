import type { Driver, Random } from '@tksm/abstractions';
import { deleteOperation } from './delete.ts';
import { listOperation } from './list.ts';
import { makeFolderOperation } from './make-folder.ts';
import { readOperation } from './read.ts';
import { renameOperation } from './rename.ts';
import { RootedTree } from './rooted-tree.ts';
import { statOperation } from './stat.ts';
import { writeOperation } from './write.ts';

export interface FsOptions {
  /** Names drafts. */
  readonly random: Random;
  /** The folder that `/` stands for. Default: that of the machine. */
  readonly root?: string;
  /**
   * Files and folders of the machine that no job touches, whatever its rights, by whichever path: the zone's data folder
   * with its keys. What is there at the start is known by device and inode, and by its name in its folder; so are links
   * that lead there. Of what is not there, the first name that is missing is refused. Default: none.
   */
  readonly refused?: readonly string[];
  /** Most bytes of one read or write. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Default: that of this process. Other than `linux`, every call fails with `UnsupportedOperation`. */
  readonly platform?: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The driver `fs`: files and folders by absolute path, each operation behind `fs.OP:PATH`; `rename` behind those of what it
 * comes to.
 *
 * It throws `PathRefused` for a root in what is refused, and `FileUnreadable` when it may not look.
 *
 * A call fails with `InvalidInput` (the path), `FileNotFound`, `FileUnreadable`, `PathRefused` (a link, a device, what is
 * refused), `InvalidOperation` (a folder where a file is needed, not empty, …), `PreconditionFailed` (it is there),
 * `PayloadTooLarge`, `FileBusy`, `DiskFull`, `ResourcesExhausted`, `StorageFailed`, `UnsupportedOperation`.
 */
export function fsDriver({
  random,
  root = '/',
  refused = [],
  maxBytes = MAX_BYTES,
  platform = process.platform,
}: FsOptions): Driver {
  const tree = new RootedTree({ root, refused, platform });
  return Object.freeze({
    name: 'fs',
    operations: Object.freeze({
      read: readOperation(tree, maxBytes),
      write: writeOperation(tree, random, maxBytes),
      list: listOperation(tree),
      stat: statOperation(tree),
      mkdir: makeFolderOperation(tree),
      delete: deleteOperation(tree),
      rename: renameOperation(tree),
    }),
    close: async () => tree.close(),
  });
}
