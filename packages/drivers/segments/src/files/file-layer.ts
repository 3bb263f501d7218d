import type { FolderLock } from '../locking/folder-lock.ts';

/** `read` an existing file; `update` an existing one; `create` an empty one, in place of any of that name. */
export type OpenMode = 'read' | 'update' | 'create';

/** An open file. */
export interface OpenFile {
  /** Reads at `at` into `into`, from `from` on. Answers how many bytes: fewer than asked for are allowed, 0 is the end. */
  read(into: Buffer, from: number, length: number, at: number): number;
  /** Writes at `at`. Answers how many bytes: fewer than given are allowed. */
  write(bytes: Buffer, from: number, length: number, at: number): number;
  /** Length in bytes. */
  size(): number;
  /** Cuts the file to a length. */
  truncate(length: number): void;
  /** fdatasync: returns when the bytes, and the length that reading them needs, are durable. */
  flushData(): void;
  /** fsync. */
  flush(): void;
  close(): void;
}

/**
 * All that this driver asks of a file system, so that it can run over another one: a disk that fails, or a simulated one.
 * Each call but `lock` and `turn` is synchronous and throws errors that have `code` and `syscall`, as those of node:fs.
 */
export interface FileLayer {
  open(file: string, mode: OpenMode): OpenFile;
  /** Names in a folder, in any order. */
  list(folder: string): string[];
  exists(path: string): boolean;
  /** Device and inode: another one for each copy of a file. */
  identity(file: string): string;
  /** Throws when nothing can be written in the folder. */
  checkWritable(folder: string): void;
  /** Makes a folder and those above it. Answers the topmost that was made; undefined when all were there. */
  makeFolder(folder: string): string | undefined;
  rename(from: string, to: string): void;
  /** Removes a file; nothing when there is none. */
  remove(file: string): void;
  /** Makes the names in a folder durable. */
  flushFolder(folder: string): void;
  /**
   * Takes a data folder for one writer.
   *
   * @throws KernelError `DataFolderLocked` while another has it
   */
  lock(dir: string, since: number): Promise<FolderLock>;
  /** Lets others run between long reads. */
  turn(): Promise<void>;
}

/** A data folder on a file system. */
export interface DataFolder {
  readonly files: FileLayer;
  /** Absolute path. */
  readonly dir: string;
}
