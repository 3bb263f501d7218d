import { isUtf8 } from 'node:buffer';
import { KernelError, storedBytes, toStored, VALUE_LIMITS } from '@tksm/abstractions';
import type { BlobRef, BlobStore, Hash, Value } from '@tksm/abstractions';

/** What one of stdout and stderr may take in an output, in bytes of JSON: half of what there is. */
const INLINE_BYTES = VALUE_LIMITS.maxInlineBytes / 2 - 2_048;

/** Bytes for an output: text when they are UTF-8, else as they are; in a blob when they are too many. */
export async function asValue(bytes: Uint8Array, blobs: BlobStore): Promise<Value> {
  const value = isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : bytes;
  if (bytes.length <= INLINE_BYTES && storedBytes(toStored(value), INLINE_BYTES) <= INLINE_BYTES)
    return value;
  return { blob: { ...(await blobs.write([bytes])) } };
}

/** All of a blob. @throws KernelError `PayloadTooLarge`, `BlobNotFound`, `BlobDamaged` */
export async function blobBytes(blobs: BlobStore, name: Hash, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of blobs.read(name)) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(`the blob ${name} has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** The bytes that `fs.read` gave. @throws as {@link blobBytes} */
export async function readBytes(read: Value, blobs: BlobStore, maxBytes: number): Promise<Uint8Array> {
  const { bytes, blob } = read as { readonly bytes?: Uint8Array; readonly blob?: BlobRef };
  if (blob !== undefined) return blobBytes(blobs, blob.hash, maxBytes);
  if (bytes === undefined) throw new KernelError('Internal', 'the driver fs gave no bytes');
  if (bytes.length > maxBytes) throw tooLarge(`a file has more than ${maxBytes} bytes`);
  return bytes;
}

export function tooLarge(what: string): KernelError {
  return new KernelError('PayloadTooLarge', what, {
    next: 'give the module less, or raise the bounds of the driver',
  });
}
