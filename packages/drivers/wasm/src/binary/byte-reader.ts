import { refusedModule } from '../module-error.ts';

/** Reads a WebAssembly binary from its beginning to its end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @throws KernelError `InvalidInput`, as all of these */
  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw refusedModule('it ends too early');
    return byte;
  }

  take(length: number): Uint8Array {
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    if (part.length !== length) throw refusedModule('it ends too early');
    this.#at += length;
    return part;
  }

  /** A number of 32 bits. Source: WebAssembly 2.0, 5.2.2 (LEB128). */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80 && value < 2 ** 32) return value;
    }
    throw refusedModule('it has a number of more than 32 bits');
  }
}

/** As {@link ByteReader.u32} reads it. */
export function u32Bytes(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}
