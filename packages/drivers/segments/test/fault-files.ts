// A file layer that fails as it is told to, over another one. It keeps the calls made, so that a test can see that a handle
// whose flush failed is used no more.

import type { FileLayer, OpenFile, OpenMode } from '../src/files/file-layer.ts';
import { systemError } from '../src/files/system-error.ts';
import { SECTOR_BYTES } from './memory-disk.ts';

export type Call = 'open' | 'read' | 'write' | 'truncate' | 'flush' | 'rename' | 'list' | 'remove';

/** A transfer that is about to happen. */
export interface Transfer {
  readonly name: string;
  readonly file: OpenFile;
  readonly bytes: Buffer;
  readonly from: number;
  readonly length: number;
  readonly at: number;
}

/** What happens instead; answers the bytes transferred. */
export type Harm = (transfer: Transfer) => number;

/** The call fails. */
export function failing(code: string): Harm {
  return () => {
    throw systemError(code, 'write', 'injected');
  };
}

/** At most so many bytes are written. */
export function short(most: number): Harm {
  return ({ file, bytes, from, length, at }) => file.write(bytes, from, Math.min(length, most), at);
}

/** The disk says that it wrote, and did not. */
export const lost: Harm = ({ length }) => length;

/** The disk writes elsewhere. */
export function misdirected(by: number): Harm {
  return ({ file, bytes, from, length, at }) => file.write(bytes, from, length, at + by);
}

/** So many sectors are written, then the call fails. */
export function torn(sectors: number): Harm {
  return ({ file, bytes, from, length, at }) => {
    const end = (Math.floor(at / SECTOR_BYTES) + sectors) * SECTOR_BYTES;
    if (end > at) file.write(bytes, from, Math.min(length, end - at), at);
    throw systemError('EIO', 'write', 'injected');
  };
}

/** One bit of what is read is wrong: the one at this byte of the file. */
export function rot(byte: number): Harm {
  return ({ file, bytes, from, length, at }) => {
    const read = file.read(bytes, from, length, at);
    const index = from + byte - at;
    if (byte >= at && byte < at + read) bytes[index] = (bytes[index] ?? 0) ^ 4;
    return read;
  };
}

interface Strike {
  readonly call: Call;
  readonly name: RegExp;
  readonly harm: Harm;
  /** Calls that go well before. */
  after: number;
  /** Calls that are harmed. */
  times: number;
}

export class FaultFiles implements FileLayer {
  /** Calls on open files so far: `<handle> <call>`. */
  readonly calls: string[] = [];
  readonly #files: FileLayer;
  #strikes: Strike[] = [];
  #handles = 0;

  constructor(files: FileLayer) {
    this.#files = files;
  }

  /** Harms the next call of this kind on a file of such a name. */
  strike(call: Call, name: RegExp, harm: Harm, { after = 0, times = 1 } = {}): void {
    this.#strikes.push({ call, name, harm, after, times });
  }

  /** The disk is well again. */
  heal(): void {
    this.#strikes = [];
  }

  open(name: string, mode: OpenMode): OpenFile {
    if (mode !== 'read') this.#meet('open', name);
    const file = this.#files.open(name, mode);
    const handle = ++this.#handles;
    const meet = (call: Call, transfer?: Omit<Transfer, 'name' | 'file'>): number | undefined => {
      this.calls.push(`${handle} ${call}`);
      return this.#meet(call, name, file, transfer);
    };
    const flush = (real: () => void): void => {
      if (meet('flush') === undefined) real();
    };
    return {
      read: (bytes, from, length, at) =>
        meet('read', { bytes, from, length, at }) ?? file.read(bytes, from, length, at),
      write: (bytes, from, length, at) =>
        meet('write', { bytes, from, length, at }) ?? file.write(bytes, from, length, at),
      size: () => file.size(),
      truncate: (length) => {
        if (meet('truncate') === undefined) file.truncate(length);
      },
      flushData: () => flush(() => file.flushData()),
      flush: () => flush(() => file.flush()),
      close: () => {
        this.calls.push(`${handle} close`);
        file.close();
      },
    };
  }

  list(folder: string): string[] {
    this.#meet('list', folder);
    return this.#files.list(folder);
  }

  exists(path: string): boolean {
    return this.#files.exists(path);
  }

  identity(file: string): string {
    return this.#files.identity(file);
  }

  checkWritable(folder: string): void {
    this.#meet('open', folder);
    this.#files.checkWritable(folder);
  }

  makeFolder(folder: string): string | undefined {
    return this.#files.makeFolder(folder);
  }

  rename(from: string, to: string): void {
    this.#meet('rename', to);
    this.#files.rename(from, to);
  }

  remove(file: string): void {
    this.#meet('remove', file);
    this.#files.remove(file);
  }

  flushFolder(folder: string): void {
    this.#meet('flush', folder);
    this.#files.flushFolder(folder);
  }

  lock: FileLayer['lock'] = (dir, since) => this.#files.lock(dir, since);
  turn: FileLayer['turn'] = () => this.#files.turn();

  /** Undefined when nothing stands in the way. */
  #meet(
    call: Call,
    name: string,
    file?: OpenFile,
    transfer?: Omit<Transfer, 'name' | 'file'>,
  ): number | undefined {
    const strike = this.#strikes.find((one) => one.call === call && one.name.test(name) && one.times > 0);
    if (strike === undefined || strike.after-- > 0) return undefined;
    strike.after = 0;
    strike.times--;
    const nothing = { bytes: Buffer.alloc(0), from: 0, length: 0, at: 0 };
    return strike.harm({ name, file: file ?? NO_FILE, ...nothing, ...transfer });
  }
}

const NO_FILE: OpenFile = {
  read: () => 0,
  write: () => 0,
  size: () => 0,
  truncate: () => undefined,
  flushData: () => undefined,
  flush: () => undefined,
  close: () => undefined,
};
