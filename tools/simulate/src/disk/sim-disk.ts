// Guarantees:
// 1. What was flushed is on the platter, unless a lie was asked for; what was not may be lost, torn by sectors or
//    reordered by a power loss, and stays in the cache when only the process dies.
// 2. A failed flush drops what it should have written from the dirty pages, and a later flush says nothing of it, as
//    Linux does.
// 3. After a crash every call throws `DiskGone` until `revive`.

import { seededRandom } from '@tksm/drivers-memory';
import { DiskError, DiskGone } from './fault.ts';
import type { DiskFault } from './fault.ts';
import type { FaultCounts } from '../run/fault-counts.ts';

/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

type Call = 'write' | 'flush' | 'name' | 'read';

interface Write {
  readonly at: number;
  readonly bytes: Buffer;
}

interface SimFile {
  /** Name as of the last flush of the folder. */
  durableName: string | undefined;
  platter: Buffer;
  cache: Buffer;
  dirty: Write[];
}

/** A folder on a disk that can fail in every way we know of. */
export class SimDisk {
  readonly #files = new Map<string, SimFile>();
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

  names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  /** @throws DiskError `ENOENT`, DiskGone */
  read(name: string): Buffer {
    this.#call('read');
    return Buffer.from(this.#file(name).cache);
  }

  /** Creates a file or empties it. */
  create(name: string, bytes: Buffer): void {
    this.#call('name');
    const durableName = this.#files.get(name)?.durableName;
    const file = {
      durableName,
      platter: Buffer.alloc(bytes.length),
      cache: Buffer.alloc(bytes.length),
      dirty: [],
    };
    this.#files.set(name, file);
    this.#put(file, { at: 0, bytes: Buffer.from(bytes) });
  }

  write(name: string, at: number, bytes: Buffer): void {
    const file = this.#file(name);
    const fault = this.#call('write');
    const write = { at, bytes: Buffer.from(bytes) };
    if (fault?.kind === 'short-write') {
      const { next } = seededRandom(fault.chance);
      this.#put(file, { at, bytes: write.bytes.subarray(0, Math.floor(next() * bytes.length)) });
      throw new DiskError('EIO');
    }
    if (fault?.kind === 'lost-write') {
      this.#lied = true;
      write.bytes.copy(file.cache, at);
    } else if (fault?.kind === 'misdirected-write') {
      this.#lied = true;
      const where =
        Math.floor((seededRandom(fault.chance).next() * file.cache.length) / SECTOR_BYTES) * SECTOR_BYTES;
      const room = Math.max(0, Math.min(bytes.length, file.cache.length - where));
      this.#put(file, { at: where, bytes: write.bytes.subarray(0, room) });
    } else this.#put(file, write);
  }

  flush(name: string): void {
    const file = this.#file(name);
    const fault = this.#call('flush');
    if (fault !== undefined) {
      const { next } = seededRandom(fault.chance);
      for (const write of sectors(file.dirty)) if (next() < 0.5) write.bytes.copy(file.platter, write.at);
      file.dirty = [];
      throw new DiskError('EIO');
    }
    for (const write of file.dirty) write.bytes.copy(file.platter, write.at);
    file.dirty = [];
  }

  /** Cuts a file, or ends it with zeros. */
  resize(name: string, size: number): void {
    this.#call('name');
    const file = this.#file(name);
    file.cache = resized(file.cache, size);
    file.platter = resized(file.platter, size);
    file.dirty = file.dirty.filter(({ at, bytes }) => at + bytes.length <= size);
  }

  rename(from: string, to: string): void {
    this.#call('name');
    const file = this.#file(from);
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  /** Makes names durable. */
  flushFolder(): void {
    this.#call('name');
    for (const [name, file] of this.#files) file.durableName = name;
  }

  /** What is on the platter, as an auditor with a microscope sees it; no call of the machine's. */
  platter(name: string): Buffer | undefined {
    return this.#files.get(name)?.platter;
  }

  /** Changes bytes at rest, on the platter and in the cache. */
  rot(name: string, at: number, bytes: Buffer): void {
    const file = this.#file(name);
    this.#lied = true;
    bytes.copy(file.cache, at);
    bytes.copy(file.platter, at);
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
    for (const [name, file] of [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      this.#keepSome(file, next);
      if (file.durableName === name || next() < 0.5) continue;
      this.#files.delete(name);
      if (file.durableName !== undefined) this.#files.set(file.durableName, file);
    }
    for (const [name, file] of this.#files) file.durableName = name;
  }

  #keepSome(file: SimFile, next: () => number): void {
    const writes = sectors(file.dirty);
    const share = [0, 1, next()][Math.floor(next() * 3)] ?? 0;
    const kept = writes.map(() => next() < share);
    for (const [index, write] of writes.entries())
      if (kept[index] === true) write.bytes.copy(file.platter, write.at);
    if (kept.includes(false)) this.#counts.add('dropped-sectors');
    if (kept.includes(false) && kept.includes(true)) this.#counts.add('torn-write');
    const firstLost = kept.indexOf(false);
    if (firstLost !== -1 && kept.lastIndexOf(true) > firstLost) this.#counts.add('reordered-sectors');
    file.cache = Buffer.from(file.platter);
    file.dirty = [];
  }

  #put(file: SimFile, write: Write): void {
    const end = write.at + write.bytes.length;
    if (end > file.cache.length) {
      file.cache = resized(file.cache, end);
      file.platter = resized(file.platter, end);
    }
    write.bytes.copy(file.cache, write.at);
    file.dirty.push(write);
  }

  #file(name: string): SimFile {
    const file = this.#files.get(name);
    if (file === undefined) throw new DiskError('ENOENT');
    return file;
  }

  /** Counts a call and lets what is armed happen to it. Gives back the faults that the call itself must play. */
  #call(call: Call): DiskFault | undefined {
    if (this.dead) throw new DiskGone('the machine is dead');
    this.#calls += 1;
    for (const armed of this.#armed) armed.left -= 1;
    const due = this.#armed.find(({ fault, left }) => left < 0 && fits(fault, call));
    if (due !== undefined) this.#armed = this.#armed.filter((armed) => armed !== due);
    const fault = due?.fault;
    if (fault !== undefined && (fault.kind === 'power-loss' || fault.kind === 'process-kill')) {
      this.crash(fault);
      throw new DiskGone('the machine is dead');
    }
    if (fault !== undefined) this.#counts.add(fault.kind);
    if (fault?.kind === 'disk-full') this.#refusing = { errno: 'ENOSPC', left: fault.calls };
    if (fault?.kind === 'read-only') this.#refusing = { errno: 'EROFS', left: fault.calls };
    if (fault?.kind === 'write-error') throw new DiskError('EIO');
    this.#refuse(call);
    return fault;
  }

  #refuse(call: Call): void {
    if (this.#refusing === undefined || call === 'read' || call === 'flush') return;
    const { errno, left } = this.#refusing;
    this.#refusing = left <= 1 ? undefined : { errno, left: left - 1 };
    throw new DiskError(errno);
  }
}

function fits({ kind }: DiskFault, call: Call): boolean {
  if (kind === 'flush-error') return call === 'flush';
  if (kind === 'power-loss' || kind === 'process-kill') return true;
  return call === 'write';
}

function sectors(writes: readonly Write[]): Write[] {
  const parts: Write[] = [];
  for (const { at, bytes } of writes) {
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, (Math.floor((at + from) / SECTOR_BYTES) + 1) * SECTOR_BYTES - at);
      parts.push({ at: at + from, bytes: bytes.subarray(from, to) });
      from = to;
    }
  }
  return parts;
}

function resized(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.alloc(size);
  bytes.copy(copy, 0, 0, Math.min(size, bytes.length));
  return copy;
}
