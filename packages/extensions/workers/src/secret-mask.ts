const MASK = Buffer.from('***');

type Span = readonly [from: number, to: number];

/**
 * Takes secrets out of a stream of bytes, wherever its chunks are cut. Guarantees: no byte that belongs to an
 * occurrence of a secret is passed on, overlapping occurrences included; all other bytes are, in order. Holds back
 * fewer bytes than the longest secret has.
 */
export class SecretMask {
  readonly #secrets: readonly Buffer[];
  readonly #heldBack: number;
  #pending: Buffer = Buffer.alloc(0);
  /** Leading bytes of what is pending that belong to a secret whose mask is already out. */
  #covered = 0;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== '').map((secret) => Buffer.from(secret));
    this.#heldBack = Math.max(0, ...this.#secrets.map(({ length }) => length - 1));
  }

  push(chunk: Buffer): Buffer {
    if (this.#secrets.length === 0) return chunk;
    const bytes = Buffer.concat([this.#pending, chunk]);
    return this.#release(bytes, Math.max(0, bytes.length - this.#heldBack));
  }

  end(): Buffer {
    return this.#release(this.#pending, this.#pending.length);
  }

  #release(bytes: Buffer, until: number): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    for (const [from, to] of this.#spans(bytes)) {
      if (from >= until) break;
      if (from > at) parts.push(bytes.subarray(at, from));
      if (from > 0 || this.#covered === 0) parts.push(MASK);
      at = to;
    }
    if (at < until) parts.push(bytes.subarray(at, until));
    this.#pending = bytes.subarray(until);
    this.#covered = Math.max(0, at - until);
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  #spans(bytes: Buffer): Span[] {
    const found: Span[] = this.#covered > 0 ? [[0, this.#covered]] : [];
    for (const secret of this.#secrets) {
      for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + 1)) {
        found.push([at, at + secret.length]);
      }
    }
    found.sort((a, b) => a[0] - b[0]);
    const merged: Span[] = [];
    for (const span of found) {
      const last = merged.at(-1);
      if (last === undefined || span[0] >= last[1]) merged.push(span);
      else merged[merged.length - 1] = [last[0], Math.max(last[1], span[1])];
    }
    return merged;
  }
}
