import { OpenFile, wasi } from '@bjorn3/browser_wasi_shim';
import type { File } from '@bjorn3/browser_wasi_shim';

/** Counts what files grow by, all together; nothing is given back when one shrinks. */
export class Meter {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Whether there is room for as many bytes more, which are taken then. */
  takes(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** An open file in memory that grows only as far as its meter lets it. */
export class MeteredFile extends OpenFile {
  readonly #meter: Meter;

  constructor(file: File, meter: Meter, position = 0n) {
    super(file);
    this.#meter = meter;
    this.file_pos = position;
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    const ret = this.#growTo(this.file_pos + BigInt(data.length));
    return ret === wasi.ERRNO_SUCCESS ? super.fd_write(data) : { ret, nwritten: 0 };
  }

  override fd_pwrite(data: Uint8Array, offset: bigint): { ret: number; nwritten: number } {
    const ret = this.#growTo(BigInt.asUintN(64, offset) + BigInt(data.length));
    return ret === wasi.ERRNO_SUCCESS ? super.fd_pwrite(data, offset) : { ret, nwritten: 0 };
  }

  override fd_allocate(offset: bigint, length: bigint): number {
    return this.#growTo(BigInt.asUintN(64, offset) + BigInt.asUintN(64, length));
  }

  override fd_filestat_set_size(size: bigint): number {
    const grown = this.#growTo(BigInt.asUintN(64, size));
    if (grown === wasi.ERRNO_SUCCESS && size < this.file.size)
      this.file.data = this.file.data.slice(0, Number(size));
    return grown;
  }

  /** Makes a file at least as long as that. Its buffer doubles, so that many small writes are not as many copies. */
  #growTo(end: bigint): number {
    const { file } = this;
    if (file.readonly) return wasi.ERRNO_BADF;
    if (end <= file.size) return wasi.ERRNO_SUCCESS;
    const [length, old] = [Number(end), file.data];
    if (!this.#meter.takes(length - old.length)) return wasi.ERRNO_NOSPC;
    if (length > old.buffer.byteLength) {
      file.data = new Uint8Array(Math.max(length, 2 * old.length)).subarray(0, length);
      file.data.set(old);
    } else {
      file.data = new Uint8Array(old.buffer, 0, length);
    }
    return wasi.ERRNO_SUCCESS;
  }
}
