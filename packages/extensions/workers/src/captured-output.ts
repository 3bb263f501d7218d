import { isUtf8 } from 'node:buffer';

/** How a stream comes back: text, or bytes when it is not UTF-8. */
export type OutputText = string | Uint8Array;

/**
 * The start and the end of a stream of any length. Guarantees: holds at most `limit` bytes; a stream of at most `limit`
 * bytes comes back whole.
 */
export class CapturedOutput {
  readonly limit: number;
  readonly #head: Buffer;
  /** A ring: the byte of offset n past the head is at n modulo its length. */
  readonly #tail: Buffer;
  #total = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.#head = Buffer.alloc(Math.ceil(limit / 2));
    this.#tail = Buffer.alloc(Math.floor(limit / 2));
  }

  /** Bytes seen. */
  get total(): number {
    return this.#total;
  }

  add(chunk: Uint8Array): void {
    const taken = Math.max(0, Math.min(chunk.length, this.#head.length - this.#total));
    if (taken > 0) this.#head.set(chunk.subarray(0, taken), this.#total);
    this.#total += chunk.length;
    const size = this.#tail.length;
    const rest = chunk.subarray(Math.max(taken, chunk.length - size));
    if (size === 0 || rest.length === 0) return;
    const at = (this.#total - rest.length - this.#head.length) % size;
    const upToEnd = rest.subarray(0, size - at);
    this.#tail.set(upToEnd, at);
    this.#tail.set(rest.subarray(upToEnd.length), 0);
  }

  /** At most `limit` bytes of the stream, with a marker where some were left out; never half a character. */
  render(limit: number = this.limit): { readonly text: OutputText; readonly truncated: boolean } {
    const bounded = Math.min(limit, this.limit);
    if (this.#total <= bounded) return { text: asText(this.#kept()), truncated: false };
    const kept = this.#kept();
    const head = withoutCutEnd(kept.subarray(0, Math.ceil(bounded / 2)));
    const tail = withoutCutStart(kept.subarray(kept.length - Math.floor(bounded / 2)));
    const cut = this.#total - head.length - tail.length;
    return { text: asText(Buffer.concat([head, marker(cut), tail])), truncated: true };
  }

  #kept(): Buffer {
    const past = Math.max(0, this.#total - this.#head.length);
    const head = this.#head.subarray(0, Math.min(this.#total, this.#head.length));
    const size = this.#tail.length;
    if (past <= size) return Buffer.concat([head, this.#tail.subarray(0, past)]);
    const at = past % size;
    return Buffer.concat([head, this.#tail.subarray(at), this.#tail.subarray(0, at)]);
  }
}

function marker(cut: number): Buffer {
  return Buffer.from(`\n[... ${cut} bytes cut ...]\n`);
}

function asText(bytes: Buffer): OutputText {
  return isUtf8(bytes) ? bytes.toString('utf8') : new Uint8Array(bytes);
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Without the first bytes of a character whose rest is missing. */
function withoutCutEnd(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && isContinuation(bytes[start])) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start >= 0 && start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}

/** Without the last bytes of a character whose start is missing. */
function withoutCutStart(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}
