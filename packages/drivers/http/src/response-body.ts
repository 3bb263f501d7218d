import { isUtf8 } from 'node:buffer';
import { toStored, VALUE_LIMITS } from '@tksm/abstractions';
import type { BlobRef, BlobStore, Value } from '@tksm/abstractions';
import { decodedBody } from './content-encoding.ts';
import type { Answer } from './exchange.ts';
import { tooLarge } from './http-error.ts';
import type { ResponseHeaders } from './response-headers.ts';

/** What an answer's body became: text where it says that it is some and is in UTF-8, else bytes; a blob when it is large. */
export type ResponseBody =
  { readonly text: string } | { readonly bytes: Uint8Array } | { readonly blob: BlobRef };

const TEXT =
  /^(?:text\/|application\/(?:json|xml|javascript|x-www-form-urlencoded|[^;]+\+(?:json|xml))(?:;|$))/i;

interface ReadOptions {
  readonly maxBytes: number;
  readonly blobs: BlobStore;
  /** Who answered. */
  readonly host: string;
  /** What else stands in the same output. */
  readonly beside: Value;
}

/**
 * Reads the body to its end, decoded. It stops once there is more than `maxBytes`, so a small answer that becomes a large one
 * costs no more than that.
 *
 * @throws KernelError `PayloadTooLarge`, `ResponseInvalid`; as `BlobStore.write`; what the connection fails with
 */
export async function readBody(
  { body }: Pick<Answer, 'body'>,
  headers: ResponseHeaders,
  { maxBytes, blobs, host, beside }: ReadOptions,
): Promise<ResponseBody> {
  const rest = bounded(decodedBody(body, headers, host), maxBytes);
  const head: Uint8Array[] = [];
  let length = 0;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    head.push(next.value);
    length += next.value.length;
    if (length > VALUE_LIMITS.maxInlineBytes) return { blob: await blobs.write(both(head, rest)) };
  }
  const bytes = Buffer.concat(head);
  const inline = isText(headers, bytes) ? { text: bytes.toString('utf8') } : { bytes: new Uint8Array(bytes) };
  return fits(inline, beside) ? inline : { blob: await blobs.write([bytes]) };
}

async function* bounded(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    yield chunk;
  }
}

async function* both(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array, unknown>,
): AsyncGenerator<Uint8Array, void> {
  yield* head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

function isText(headers: ResponseHeaders, bytes: Uint8Array): boolean {
  return TEXT.test(headers['content-type'] ?? '') && isUtf8(bytes);
}

/** Whether an output with both of them may stand in the log. */
function fits(inline: Value, beside: Value): boolean {
  const size = Buffer.byteLength(JSON.stringify([toStored(inline), toStored(beside)]));
  return size <= VALUE_LIMITS.maxInlineBytes;
}
