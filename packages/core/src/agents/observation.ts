import { hash, KernelError, storedBytes } from '@tksm/abstractions';
import type { BlobRef, BlobStore, StoredObject, StoredValue } from '@tksm/abstractions';
import { AGENT_LIMITS } from './agent-limits.ts';
import { invalid } from './agent-fields.ts';

const HASH = /^[0-9a-f]{64}$/;

/** What was observed: a value, or the reference of a blob. @throws KernelError `InvalidInput`, `PayloadTooLarge` */
export function observedData({ data }: StoredObject): StoredValue {
  if (data === undefined) throw invalid('data', 'data is missing');
  const limit = AGENT_LIMITS.inlineBytes;
  const bytes = storedBytes(data, limit);
  if (bytes > limit) throw tooLarge(`the observation has ${bytes} bytes of JSON`, bytes, limit);
  const size = blobIn(data)?.size ?? 0;
  if (size > AGENT_LIMITS.blobBytes)
    throw tooLarge(`the blob has ${size} bytes`, size, AGENT_LIMITS.blobBytes);
  return data;
}

/** An event names no blob that is not there. @throws KernelError `BlobNotFound` */
export async function checkBlob(data: StoredValue, blobs: BlobStore): Promise<void> {
  const ref = blobIn(data);
  if (ref === undefined) return;
  const found = await blobs.stat(ref.hash);
  if (found?.size === ref.size) return;
  const message = `there is no blob ${ref.hash} of ${ref.size} bytes`;
  throw new KernelError('BlobNotFound', message, { data: { hash: ref.hash, size: ref.size } });
}

/** The blob that a value stands for: `{ hash, size }`, and nothing else. */
function blobIn(data: StoredValue): BlobRef | undefined {
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return undefined;
  const { hash: name, size, ...rest } = data as StoredObject;
  if (typeof name !== 'string' || !HASH.test(name) || Object.keys(rest).length > 0) return undefined;
  return Number.isSafeInteger(size) && Number(size) >= 0
    ? { hash: hash(name), size: Number(size) }
    : undefined;
}

function tooLarge(what: string, bytes: number, limit: number): KernelError {
  return new KernelError('PayloadTooLarge', `${what}, the limit is ${limit}`, { data: { bytes, limit } });
}
