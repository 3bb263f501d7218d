import { ConsoleStdout, wasi } from '@bjorn3/browser_wasi_shim';

/** What a program writes to stdout or stderr, up to a bound; beyond it there is no space left for it. */
export class KeptOutput extends ConsoleStdout {
  readonly #max: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    super(() => undefined);
    this.#max = maxBytes;
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    if (this.#size + data.length > this.#max) return { ret: wasi.ERRNO_NOSPC, nwritten: 0 };
    this.#size += data.length;
    this.#chunks.push(data);
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length };
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }
}
