import fs from 'node:fs';
import type { FileLayer, OpenFile, OpenMode } from './file-layer.ts';

const FLAGS: Readonly<Record<OpenMode, string>> = { read: 'r', update: 'r+', create: 'w+' };

class NodeFile implements OpenFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  read(into: Buffer, from: number, length: number, at: number): number {
    return fs.readSync(this.#fd, into, from, length, at);
  }

  write(bytes: Buffer, from: number, length: number, at: number): number {
    return fs.writeSync(this.#fd, bytes, from, length, at);
  }

  size(): number {
    return fs.fstatSync(this.#fd).size;
  }

  truncate(length: number): void {
    fs.ftruncateSync(this.#fd, length);
  }

  flushData(): void {
    fs.fdatasyncSync(this.#fd);
  }

  flush(): void {
    fs.fsyncSync(this.#fd);
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}

/** The file system of this machine. */
export const nodeFiles: FileLayer = Object.freeze({
  open: (file: string, mode: OpenMode) => new NodeFile(fs.openSync(file, FLAGS[mode])),
  list: (folder: string) => fs.readdirSync(folder),
  exists: (path: string) => fs.existsSync(path),
  identity: (file: string) => {
    const { dev, ino } = fs.statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  },
  checkWritable: (folder: string) => fs.accessSync(folder, fs.constants.W_OK),
  makeFolder: (folder: string) => fs.mkdirSync(folder, { recursive: true }),
  rename: (from: string, to: string) => fs.renameSync(from, to),
  remove: (file: string) => fs.rmSync(file, { force: true }),
  flushFolder: (folder: string) => {
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  lock: async (dir: string, since: number) => {
    // Loaded here, so that readers, verifiers and the writer thread do without it.
    const { lockFolder } = await import('../locking/folder-lock.ts');
    return lockFolder(nodeFiles, dir, since);
  },
  // eslint-disable-next-line no-restricted-globals -- the real loop is given a turn, not virtual time
  turn: () => new Promise<void>((resolve) => void setImmediate(resolve)),
});
