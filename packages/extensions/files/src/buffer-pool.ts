/** Buffers of one size that are used again. Keeps at most `kept` that nobody holds. */
export class BufferPool {
  readonly #size: number;
  readonly #kept: number;
  readonly #idle: Buffer[] = [];

  constructor(size: number, kept: number) {
    this.#size = size;
    this.#kept = kept;
  }

  take(): Buffer {
    return this.#idle.pop() ?? Buffer.alloc(this.#size);
  }

  put(buffer: Buffer): void {
    if (this.#idle.length < this.#kept) this.#idle.push(buffer);
  }
}
