// Guarantees:
// 1. What was flushed is on the platter, unless a lie was asked for; what was not may be lost, torn by sectors or
//    reordered by a power loss, and stays in the cache when only the process dies.
// 2. A failed flush drops what it should have written from the dirty pages, and a later flush says nothing of it, as
//    Linux does.
// 3. Names are as durable as the last flush of their folder.
// 4. After a crash every call throws `DiskGone` until `revive`.

import path from 'node:path';
import { seededRandom } from '@tksm/drivers-memory';
import { canHappen, DiskError, DiskGone } from './fault.ts';
import type { DiskCall, DiskFault } from './fault.ts';
import type { FaultCounts } from '../run/fault-counts.ts';
import { SECTOR_BYTES, SimFile } from './sim-file.ts';

/** A disk that can fail in every way we know of. */
export class SimDisk {
  /** Those that have a name, or had one that is durable. */
  readonly #files = new Set<SimFile>();
  readonly #counts: FaultCounts;
  readonly #died: () => void;
  #armed: { readonly fault: DiskFault; left: number }[] = [];
  #refusing: { readonly errno: string; left: number } | undefined;
  #crash: DiskFault | undefined;
  #calls = 0;
  #lied = false;

  constructor(counts: FaultCounts, died: () => void) {
    this.#counts = counts;
    this.#died = died;
  }

  get calls(): number {
    return this.#calls;
  }

  get dead(): boolean {
    return this.#crash !== undefined;
  }

  /** Whether the disk ever did something else than it said. */
  get lied(): boolean {
    return this.#lied;
  }

  arm(fault: DiskFault): void {
    this.#armed.push({ fault, left: fault.afterCalls });
  }

  /** No fault happens from now on, but those that did. */
  heal(): void {
    this.#armed = [];
    this.#refusing = undefined;
  }

  /** The file of a name, as one with a microscope sees it; no call of the machine's. */
  find(name: string): SimFile | undefined {
    for (const file of this.#files) if (file.name === name) return file;
    return undefined;
  }

  /** Names of files, sorted. */
  names(): readonly string[] {
    return [...this.#files].flatMap(({ name }) => name ?? []).sort();
  }

  /** @throws DiskError `ENOENT`, DiskGone */
  open(name: string): SimFile {
    if (this.dead) throw new DiskGone('the machine is dead');
    const file = this.find(name);
    if (file === undefined) throw new DiskError('ENOENT', 'open');
    return file;
  }

  /** Creates an empty file in place of any of that name. */
  create(name: string): SimFile {
    this.#call('name', 'open');
    this.#unname(this.find(name));
    const file = new SimFile(name);
    this.#files.add(file);
    return file;
  }

  read(file: SimFile, at: number, length: number): Buffer {
    const fault = this.#call('read', 'read');
    if (fault !== undefined) throw new DiskError('EIO', 'read');
    return file.cache.subarray(at, at + length);
  }

  /** Answers how many bytes it took. */
  write(file: SimFile, at: number, bytes: Buffer): number {
    const fault = this.#call('write', 'write');
    const { next } = seededRandom(fault?.chance ?? 0);
    if (fault?.kind === 'short-write') {
      const part = Math.floor(next() * bytes.length);
      file.write(at, bytes.subarray(0, part));
      if (part === 0 || next() < 0.5) throw new DiskError('EIO', 'write');
      return part;
    }
    if (fault?.kind === 'lost-write') file.writeCacheOnly(at, bytes);
    else if (fault?.kind === 'misdirected-write') {
      const where = Math.floor((next() * file.cache.length) / SECTOR_BYTES) * SECTOR_BYTES;
      file.write(where, bytes.subarray(0, Math.max(0, file.cache.length - where)));
    } else file.write(at, bytes);
    this.#lied ||= fault !== undefined;
    return bytes.length;
  }

  cut(file: SimFile, size: number): void {
    this.#call('name', 'ftruncate');
    file.cut(size);
  }

  flush(file: SimFile): void {
    const fault = this.#call('flush', 'fsync');
    if (fault === undefined) {
      file.flush();
      return;
    }
    const { next } = seededRandom(fault.chance);
    file.drop(() => next() < 0.5);
    throw new DiskError('EIO', 'fsync');
  }

  rename(from: string, to: string): void {
    this.#call('name', 'rename');
    const file = this.open(from);
    this.#unname(this.find(to));
    file.name = to;
  }

  remove(name: string): void {
    this.#call('name', 'unlink');
    this.#unname(this.find(name));
  }

  /** Makes the names in a folder durable. */
  flushFolder(folder: string): void {
    const fault = this.#call('flush', 'fsync');
    if (fault !== undefined) throw new DiskError('EIO', 'fsync');
    for (const file of this.#files) {
      const isHere = [file.name, file.durableName].some((name) => name && path.dirname(name) === folder);
      if (isHere) file.durableName = file.name;
      if (file.durableName === undefined && file.name === undefined) this.#files.delete(file);
    }
  }

  /** @throws DiskError `EROFS` when the disk takes no writes */
  checkWritable(): void {
    if (this.dead) throw new DiskGone('the machine is dead');
    if (this.#refusing?.errno === 'EROFS') throw new DiskError('EROFS', 'access');
  }

  /** Changes bytes at rest, on the platter and in the cache. */
  rot(name: string, at: number, bytes: Buffer): void {
    this.#lied = true;
    this.find(name)?.rot(at, bytes);
  }

  /** Kills the machine now. */
  crash(fault: DiskFault): void {
    if (this.#crash !== undefined) return;
    this.#crash = fault;
    this.#counts.add(fault.kind);
    this.#died();
  }

  /** Starts the machine again. */
  revive(): void {
    const crash = this.#crash;
    this.#crash = undefined;
    this.#refusing = undefined;
    if (crash?.kind !== 'power-loss') return;
    const { next } = seededRandom(crash.chance);
    for (const file of this.#files) this.#losePower(file, next);
    const named = new Set<string>();
    // Those whose new name survived come first: a name leads to one file.
    const files = [...this.#files].sort(
      (a, b) => Number(b.name !== b.durableName) - Number(a.name !== a.durableName),
    );
    for (const file of files) {
      if (file.name === undefined || named.has(file.name)) this.#files.delete(file);
      else named.add(file.name);
      file.durableName = file.name;
    }
  }

  #losePower(file: SimFile, next: () => number): void {
    const share = [0, 1, next()][Math.floor(next() * 3)] ?? 0;
    const { lost, kept, isReordered } = file.drop(() => next() < share);
    file.reread();
    if (lost > 0) this.#counts.add('dropped-sectors');
    if (lost > 0 && kept > 0) this.#counts.add('torn-write');
    if (isReordered) this.#counts.add('reordered-sectors');
    if (file.name === file.durableName || next() < 0.5) return;
    this.#counts.add('lost-name');
    file.name = file.durableName;
  }

  #unname(file: SimFile | undefined): void {
    if (file === undefined) return;
    file.name = undefined;
    if (file.durableName === undefined) this.#files.delete(file);
  }

  /** Counts a call and lets what is armed happen to it. Gives back the fault that the call itself must play. */
  #call(call: DiskCall, syscall: string): DiskFault | undefined {
    if (this.dead) throw new DiskGone('the machine is dead');
    this.#calls += 1;
    for (const armed of this.#armed) armed.left -= 1;
    const due = this.#armed.find(({ fault, left }) => left < 0 && canHappen(fault, call));
    if (due !== undefined) this.#armed = this.#armed.filter((armed) => armed !== due);
    const fault = due?.fault;
    if (fault?.kind === 'power-loss' || fault?.kind === 'process-kill') {
      this.crash(fault);
      throw new DiskGone('the machine is dead');
    }
    if (fault !== undefined) this.#counts.add(fault.kind);
    if (fault?.kind === 'disk-full') this.#refusing = { errno: 'ENOSPC', left: fault.calls };
    if (fault?.kind === 'read-only') this.#refusing = { errno: 'EROFS', left: fault.calls };
    if (fault?.kind === 'write-error') throw new DiskError('EIO', syscall);
    this.#refuse(call, syscall);
    return fault;
  }

  #refuse(call: DiskCall, syscall: string): void {
    if (this.#refusing === undefined || call === 'read' || call === 'flush') return;
    const { errno, left } = this.#refusing;
    this.#refusing = left <= 1 ? undefined : { errno, left: left - 1 };
    throw new DiskError(errno, syscall);
  }
}
