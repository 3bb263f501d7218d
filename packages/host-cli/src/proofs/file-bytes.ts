import { closeSync, existsSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Opens a file for reading and writing, made when missing, never truncated: others may be at it. */
export function openForUpdate(file: string): number {
  closeSync(openSync(file, 'a', 0o600));
  return openSync(file, 'r+');
}

/** Bytes that the file has not are zeros. */
export function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  return bytes;
}

export function writeAt(file: number, offset: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, offset + done);
  }
}

/** Bytes of a window. */
const WINDOW = 256 * 1024;

/** Reads a file from its beginning to its end, in any small steps. One that is missing has no bytes. */
export class FileWindow implements Disposable {
  readonly size: number;
  readonly #file: number | undefined;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: string) {
    this.#file = existsSync(file) ? openSync(file, 'r') : undefined;
    this.size = this.#file === undefined ? 0 : fstatSync(this.#file).size;
  }

  /** Bytes that the file has not are zeros. */
  read(offset: number, length: number): Buffer {
    if (this.#file === undefined) return Buffer.alloc(length);
    const isInside = offset >= this.#start && offset + length <= this.#start + this.#window.length;
    if (!isInside) [this.#start, this.#window] = [offset, readAt(this.#file, offset, WINDOW)];
    return this.#window.subarray(offset - this.#start, offset - this.#start + length);
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
