import { pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { errorCode, responseInvalid } from './http-error.ts';
import type { ResponseHeaders } from './response-headers.ts';

/** It counts the bytes that it took as part of what it decodes. */
type Decoder = Transform & { readonly bytesWritten: number };

const DECODERS: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

function decoderOf({ 'content-encoding': encoding = '' }: ResponseHeaders): (() => Decoder) | undefined {
  return DECODERS.get(encoding.toLowerCase());
}

/** Whether the body is encoded in a way that is undone here; others stay as they are. */
export function isDecoded(headers: ResponseHeaders): boolean {
  return decoderOf(headers) !== undefined;
}

/**
 * The body, decoded to its very end. No bytes at all are in no encoding: what answers without a body may name one.
 *
 * @throws KernelError `ResponseInvalid` for what cannot be decoded, or goes on after its end; what the connection fails with
 */
export async function* decodedBody(
  body: AsyncIterable<Uint8Array>,
  headers: ResponseHeaders,
  host: string,
): AsyncGenerator<Uint8Array, void> {
  const decoder = decoderOf(headers)?.();
  if (decoder === undefined) return yield* body;
  let length = 0;
  let lost: unknown;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of body) {
        length += chunk.length;
        yield chunk;
      }
    } catch (error) {
      lost = error;
      throw error;
    }
  }
  try {
    yield* pipeline(counted(), decoder, () => {});
  } catch (error) {
    if (error === lost) throw error;
    if (length > 0) throw responseInvalid(host, errorCode(error));
  }
  if (decoder.bytesWritten < length) throw responseInvalid(host, 'TRAILING_BYTES');
}
