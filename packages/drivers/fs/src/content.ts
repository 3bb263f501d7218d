import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { storedBytes, toStored, VALUE_LIMITS } from '@tksm/abstractions';
import type { BlobStore, Signal, Value, ValueObject } from '@tksm/abstractions';

/** What a value may take as JSON, in bytes, so that the rest of an output has room beside it. */
export const INLINE_BYTES = VALUE_LIMITS.maxInlineBytes - 4_096;
/** Bytes that are read or written at once. */
const CHUNK_BYTES = 65_536;

/**
 * The content of bytes, and how many there are: `text` when they are UTF-8, else `bytes`, or `blob` when they are too many
 * for an output, which keeps none of them here.
 */
export async function contentOf(
  chunks: AsyncIterable<Uint8Array>,
  asBytes: boolean,
  blobs: BlobStore,
): Promise<{ readonly size: number; readonly content: ValueObject }> {
  const kept: Uint8Array[] = [];
  let size = 0;
  const source = chunks[Symbol.asyncIterator]();
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    kept.push(next.value);
    size += next.value.length;
    if (size > INLINE_BYTES) break;
  }
  if (size <= INLINE_BYTES) {
    const bytes = Buffer.concat(kept);
    const content =
      !asBytes && isUtf8(bytes) ? { text: bytes.toString('utf8') } : { bytes: new Uint8Array(bytes) };
    if (fitsInline(content)) return { size, content };
  }
  const blob = await blobs.write(rest(kept, source));
  return { size: blob.size, content: { blob: { ...blob } } };
}

async function* rest(
  kept: Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield* kept.splice(0);
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}

/** Bytes of an open file, from an offset on and no more than `length`. Ends early when the file does. */
export async function* readChunks(
  file: FileHandle,
  offset: number,
  length: number,
  signal: Signal,
): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < length;) {
    signal.throwIfAborted();
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, length - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, offset + at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** Whether a value has room in an output. */
function fitsInline(value: Value): boolean {
  return storedBytes(toStored(value), INLINE_BYTES) <= INLINE_BYTES;
}
