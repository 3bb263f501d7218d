import { Readable } from 'node:stream';
import { KernelError } from '@tksm/abstractions';
import type { BlobStore } from '@tksm/abstractions';
import { HTTP_LIMITS } from './http-input.ts';
import type { HttpBody } from './http-input.ts';

/** A body as it is sent, again for each redirect that keeps it. */
export interface RequestBody {
  /** When the caller names none. */
  readonly contentType: string;
  readonly length: number;
  content(): Uint8Array | Readable;
}

/** @throws KernelError `BlobNotFound`, `PayloadTooLarge` for a blob of more than 1 GiB */
export async function requestBody(body: HttpBody, blobs: BlobStore): Promise<RequestBody> {
  if (typeof body === 'string') return inMemory('text/plain;charset=UTF-8', Buffer.from(body));
  if (body instanceof Uint8Array) return inMemory('application/octet-stream', body);
  if (body.json !== undefined) return inMemory('application/json', Buffer.from(JSON.stringify(body.json)));
  const hash = body.blob;
  const ref = await blobs.stat(hash);
  if (ref === undefined)
    throw new KernelError('BlobNotFound', `there is no blob ${hash}`, { data: { hash } });
  const limit = HTTP_LIMITS.maxBytes;
  if (ref.size > limit) {
    throw new KernelError('PayloadTooLarge', `the blob ${hash} has more than ${limit} bytes`, {
      data: { hash, limit },
    });
  }
  const contentType = 'application/octet-stream';
  return { contentType, length: ref.size, content: () => Readable.from(blobs.read(hash)) };
}

/** Bytes of a body, as far as it is known without a look at the blobs. */
export function knownLength(body: HttpBody | undefined): number {
  if (body === undefined) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.length;
  return body.json === undefined ? 0 : Buffer.byteLength(JSON.stringify(body.json));
}

function inMemory(contentType: string, bytes: Uint8Array): RequestBody {
  return { contentType, length: bytes.length, content: () => bytes };
}
