// A disk in memory that tells what was flushed from what was not. Guarantees:
//
// 1. What was flushed survives `afterPowerCut`; of what was not, any sectors may.
// 2. What was written survives `afterKill`.
// 3. A flush that fails drops what it should have written from what later flushes would write, as Linux does: reading still
//    gives it until the power is cut.

import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { FileLayer, OpenFile, OpenMode } from '../src/files/file-layer.ts';
import { systemError } from '../src/files/system-error.ts';
import type { FolderLock } from '../src/locking/folder-lock.ts';

/** What a disk writes whole or not at all. */
export const SECTOR_BYTES = 512;

/** Decides what a power cut leaves of something that was not flushed. */
export type Keeps = () => boolean;

interface Pending {
  readonly at: number;
  /** Undefined: the file was cut to `at`. */
  readonly bytes: Buffer | undefined;
}

/** A file, whatever its name. */
class Inode {
  bytes = Buffer.alloc(0);
  size = 0;
  durable = Buffer.alloc(0);
  pending: Pending[] = [];

  change(change: Pending): void {
    this.pending.push(change);
    this.size = apply(this, change);
  }

  flush(): void {
    this.durable = Buffer.from(this.bytes.subarray(0, this.size));
    this.pending = [];
  }

  copy(keeps: Keeps | 'all'): Inode {
    const copy = new Inode();
    copy.bytes = Buffer.from(keeps === 'all' ? this.bytes.subarray(0, this.size) : this.durable);
    copy.size = copy.bytes.length;
    if (keeps !== 'all')
      for (const change of this.pending) for (const part of sectorsOf(change)) if (keeps()) copy.change(part);
    copy.flush();
    return copy;
  }
}

function apply(inode: Inode, { at, bytes }: Pending): number {
  const end = at + (bytes?.length ?? 0);
  if (bytes === undefined) {
    inode.bytes.fill(0, Math.min(at, inode.bytes.length));
    return at;
  }
  if (end > inode.bytes.length) {
    const grown = Buffer.alloc(Math.max(end, inode.bytes.length * 2));
    inode.bytes.copy(grown);
    inode.bytes = grown;
  }
  bytes.copy(inode.bytes, at);
  return Math.max(inode.size, end);
}

function sectorsOf(change: Pending): Pending[] {
  if (change.bytes === undefined) return [change];
  const parts: Pending[] = [];
  for (let at = change.at, end = change.at + change.bytes.length; at < end;) {
    const next = Math.min(end, (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    parts.push({ at, bytes: change.bytes.subarray(at - change.at, next - change.at) });
    at = next;
  }
  return parts;
}

export class MemoryDisk implements FileLayer {
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #isLocked = false;
  /** Told before each call that changes something; with the write that it is, if it is one. */
  onChange:
    ((write?: { readonly name: string; readonly at: number; readonly bytes: Buffer }) => void) | undefined;

  /** What is left when the process dies: all that was written. */
  afterKill(): MemoryDisk {
    return this.#left(this.#names, 'all');
  }

  /** What is left when the power goes. */
  afterPowerCut(keeps: Keeps): MemoryDisk {
    const names = new Map(this.#durableNames);
    const changed = new Set([...this.#names.keys(), ...this.#durableNames.keys()]);
    for (const name of changed) {
      const inode = this.#names.get(name);
      if (inode === names.get(name) || !keeps()) continue;
      if (inode === undefined) names.delete(name);
      else names.set(name, inode);
    }
    return this.#left(names, keeps);
  }

  /** A failed flush. */
  dropPending(name: string): void {
    const inode = this.#inode(name);
    inode.pending = [];
  }

  /** The bytes of a file, to look at or to change. */
  bytesOf(name: string): Buffer {
    const inode = this.#inode(name);
    return inode.bytes.subarray(0, inode.size);
  }

  get names(): string[] {
    return [...this.#names.keys()].sort();
  }

  open(name: string, mode: OpenMode): OpenFile {
    let inode = this.#names.get(name);
    if (mode === 'create') {
      this.onChange?.();
      if (inode === undefined) this.#names.set(name, (inode = new Inode()));
      else inode.change({ at: 0, bytes: undefined });
    }
    if (inode === undefined) throw systemError('ENOENT', 'open', name);
    return this.#openInode(inode);
  }

  list(folder: string): string[] {
    const names = this.names.filter((name) => path.dirname(name) === folder);
    if (names.length === 0) throw systemError('ENOENT', 'scandir', folder);
    return names.map((name) => path.basename(name));
  }

  exists(name: string): boolean {
    return this.#names.has(name);
  }

  identity(name: string): string {
    return name;
  }

  checkWritable(): void {
    // Always is.
  }

  makeFolder(): undefined {
    // Folders are where files are.
  }

  rename(from: string, to: string): void {
    this.onChange?.();
    this.#names.set(to, this.#inode(from));
    this.#names.delete(from);
  }

  remove(name: string): void {
    this.onChange?.();
    this.#names.delete(name);
  }

  flushFolder(folder: string): void {
    this.onChange?.();
    for (const name of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (path.dirname(name) !== folder) continue;
      const inode = this.#names.get(name);
      if (inode === undefined) this.#durableNames.delete(name);
      else this.#durableNames.set(name, inode);
    }
  }

  async lock(dir: string): Promise<FolderLock> {
    if (this.#isLocked) throw new KernelError('DataFolderLocked', `${dir} is in use`, { data: { dir } });
    this.#isLocked = true;
    return { release: () => void (this.#isLocked = false) };
  }

  async turn(): Promise<void> {
    // Nobody else waits.
  }

  #openInode(inode: Inode): OpenFile {
    const changing = (change: () => void): void => {
      this.onChange?.();
      change();
    };
    return {
      read: (into, from, length, at) => {
        const end = Math.min(at + length, inode.size);
        return at < end ? inode.bytes.copy(into, from, at, end) : 0;
      },
      write: (bytes, from, length, at) => {
        const written = Buffer.from(bytes.subarray(from, from + length));
        this.onChange?.({ name: this.#nameOf(inode), at, bytes: written });
        inode.change({ at, bytes: written });
        return length;
      },
      size: () => inode.size,
      truncate: (length) => changing(() => inode.change({ at: length, bytes: undefined })),
      flushData: () => changing(() => inode.flush()),
      flush: () => changing(() => inode.flush()),
      close: () => undefined,
    };
  }

  #nameOf(inode: Inode): string {
    return this.names.find((name) => this.#names.get(name) === inode) ?? '';
  }

  #left(names: ReadonlyMap<string, Inode>, keeps: Keeps | 'all'): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [name, inode] of names) disk.#names.set(name, inode.copy(keeps));
    disk.#durableNames = new Map(disk.#names);
    return disk;
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name);
    if (inode === undefined) throw systemError('ENOENT', 'open', name);
    return inode;
  }
}
