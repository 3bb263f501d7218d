import path from 'node:path';
import type { FileLayer, OpenFile, OpenMode } from '@tksm/drivers-segments';
import { DiskError } from './fault.ts';
import type { SimDisk } from './sim-disk.ts';
import type { SimFile } from './sim-file.ts';

/** The folder that the simulated disk is mounted at. Folders themselves are always there. */
export const MOUNT = '/sim';

/** The file layer of the segments driver over a simulated disk. */
export function simFiles(disk: SimDisk): FileLayer {
  return {
    open: (file, mode) => new SimOpenFile(disk, opened(disk, file, mode)),
    list: (folder) =>
      disk.names().flatMap((name) => (path.dirname(name) === folder ? path.basename(name) : [])),
    exists: (file) => disk.find(file) !== undefined,
    identity: (file) => file,
    checkWritable: () => {
      disk.checkWritable();
    },
    makeFolder: () => undefined,
    rename: (from, to) => {
      disk.rename(from, to);
    },
    remove: (file) => {
      disk.remove(file);
    },
    flushFolder: (folder) => {
      disk.flushFolder(folder);
    },
    // One incarnation runs at a time.
    lock: () => Promise.resolve({ release: () => undefined }),
    turn: () => Promise.resolve(),
  };
}

function opened(disk: SimDisk, file: string, mode: OpenMode): SimFile {
  return mode === 'create' ? disk.create(file) : disk.open(file);
}

class SimOpenFile implements OpenFile {
  readonly #disk: SimDisk;
  #file: SimFile | undefined;

  constructor(disk: SimDisk, file: SimFile) {
    this.#disk = disk;
    this.#file = file;
  }

  read(into: Buffer, from: number, length: number, at: number): number {
    return this.#disk.read(this.#opened, at, length).copy(into, from);
  }

  write(bytes: Buffer, from: number, length: number, at: number): number {
    return this.#disk.write(this.#opened, at, bytes.subarray(from, from + length));
  }

  size(): number {
    return this.#opened.cache.length;
  }

  truncate(length: number): void {
    this.#disk.cut(this.#opened, length);
  }

  flushData(): void {
    this.#disk.flush(this.#opened);
  }

  flush(): void {
    this.#disk.flush(this.#opened);
  }

  close(): void {
    this.#file = undefined;
  }

  get #opened(): SimFile {
    if (this.#file === undefined) throw new DiskError('EBADF', 'read');
    return this.#file;
  }
}
