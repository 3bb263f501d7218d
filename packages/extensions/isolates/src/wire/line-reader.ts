import { misbehaved } from './read-message.ts';

const NEWLINE = 10;

/**
 * Cuts a stream of bytes into lines, which JSON has none of inside. Guarantees: whatever the pieces in which they arrive,
 * the same lines come out; never more memory than one line of the permitted size.
 */
export class LineReader {
  readonly #limit: number;
  #pieces: Buffer[] = [];
  #held = 0;

  /** @param limit longest line, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that a piece completes. @throws KernelError `WorkerMisbehaved` for one that is too long */
  *push(piece: Buffer): Generator<string> {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#hold(piece.subarray(start, end));
      start = end + 1;
      const line = Buffer.concat(this.#pieces, this.#held).toString('utf8');
      this.#pieces = [];
      this.#held = 0;
      yield line;
    }
    if (start < piece.length) this.#hold(piece.subarray(start));
  }

  #hold(piece: Buffer): void {
    this.#held += piece.length;
    if (this.#held > this.#limit) throw misbehaved(`sent a line of more than ${this.#limit} bytes`);
    this.#pieces.push(piece);
  }
}
