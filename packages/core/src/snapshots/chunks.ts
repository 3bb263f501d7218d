import { KernelError } from '@tksm/abstractions';
import { createHash } from 'node:crypto';

const LENGTH_BYTES = 4;
const HASH_BYTES = 32;
const HEADER_BYTES = LENGTH_BYTES + HASH_BYTES;
/** Longest chunk that is believed to be one: what fits into a string. */
const MAX_CHUNK_BYTES = 0x1fffffe8;

/**
 * Texts as stored bytes. Each is a chunk of its own: its length (4, little-endian), SHA-256 over the hash of the chunk
 * before and the text, the text. So a chunk that is changed, lost, doubled or out of place is noticed when it is read.
 */
export async function* sealChunks(texts: Iterable<string>): AsyncGenerator<Uint8Array> {
  let previous = Buffer.alloc(HASH_BYTES);
  for (const text of texts) {
    const payload = Buffer.from(text);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(payload.length);
    previous = chained(previous, payload);
    yield Buffer.concat([length, previous, payload]);
  }
}

/** The texts of stored bytes. @throws KernelError `SnapshotDamaged` in place of the first that is not what was stored */
export async function* openChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const pieces = new Pieces(bytes);
  let previous = Buffer.alloc(HASH_BYTES);
  try {
    for (;;) {
      const header = await pieces.take(HEADER_BYTES);
      if (header.length === 0) return;
      const length = header.length === HEADER_BYTES ? header.readUInt32LE(0) : MAX_CHUNK_BYTES + 1;
      if (length > MAX_CHUNK_BYTES) throw snapshotDamaged('a chunk has no header');
      const payload = await pieces.take(length);
      previous = chained(previous, payload);
      if (payload.length < length || !previous.equals(header.subarray(LENGTH_BYTES)))
        throw snapshotDamaged('a chunk is damaged');
      yield payload.toString();
    }
  } finally {
    await pieces.close();
  }
}

export function snapshotDamaged(what: string): KernelError {
  return new KernelError('SnapshotDamaged', `the snapshot cannot be used: ${what}`);
}

function chained(previous: Buffer, payload: Buffer): Buffer<ArrayBuffer> {
  return createHash('sha256').update(previous).update(payload).digest();
}

/** Pieces of the sizes that are asked for, out of a stream of any sizes. */
class Pieces {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Uint8Array[] = [];
  #bytes = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The source may hold a file open, also where reading it was given up. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  /** Fewer bytes at the end of the stream only. */
  async take(count: number): Promise<Buffer> {
    while (this.#bytes < count) {
      const next = await this.#source.next();
      if (next.done === true) break;
      this.#held.push(next.value);
      this.#bytes += next.value.length;
    }
    const all = joined(this.#held);
    const rest = all.subarray(count);
    this.#held = [rest];
    this.#bytes = rest.length;
    return all.subarray(0, count);
  }
}

/** One piece is not copied: most chunks lie within what was read at once. */
function joined(pieces: readonly Uint8Array[]): Buffer {
  const [first] = pieces;
  if (first === undefined || pieces.length > 1) return Buffer.concat(pieces);
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
}
