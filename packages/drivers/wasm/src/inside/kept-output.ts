import { ConsoleStdout, wasi } from '@bjorn3/browser_wasi_shim';

/** Bytes that there is room for with the first write. */
const FIRST_ROOM = 4_096;

/**
 * What a program writes to stdout or stderr, up to a bound; beyond it there is no space left for it. What is kept of many
 * small writes takes no more room than what is kept of a few large ones.
 */
export class KeptOutput extends ConsoleStdout {
  readonly #max: number;
  #room = new Uint8Array();
  #size = 0;

  constructor(maxBytes: number) {
    super(() => undefined);
    this.#max = maxBytes;
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    const size = this.#size + data.length;
    if (size > this.#max) return { ret: wasi.ERRNO_NOSPC, nwritten: 0 };
    if (size > this.#room.length) this.#grow(size);
    this.#room.set(data, this.#size);
    this.#size = size;
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length };
  }

  bytes(): Uint8Array {
    return this.#room.slice(0, this.#size);
  }

  /** Doubles, so that each byte is moved about once. */
  #grow(needed: number): void {
    const room = new Uint8Array(Math.min(this.#max, Math.max(FIRST_ROOM, needed, 2 * this.#room.length)));
    room.set(this.#room.subarray(0, this.#size));
    this.#room = room;
  }
}
