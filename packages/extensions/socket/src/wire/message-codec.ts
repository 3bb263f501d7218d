import { KernelError } from '@tksm/abstractions';
import { LENGTH_BYTES } from './frame-reader.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A message as it is sent: its length, then JSON in UTF-8. @throws KernelError `PayloadTooLarge` */
export function encodeMessage(message: object, limit: number): Buffer {
  const text = JSON.stringify(message);
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > limit) {
    const data = { bytes, limit };
    throw new KernelError('PayloadTooLarge', `a message of ${bytes} bytes is over ${limit}`, { data });
  }
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + bytes);
  frame.writeUInt32BE(bytes);
  frame.write(text, LENGTH_BYTES, 'utf8');
  return frame;
}

/** @throws KernelError `InvalidInput` for what is no JSON in UTF-8 */
export function decodeMessage(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body)) as unknown;
  } catch (cause) {
    throw new KernelError('InvalidInput', 'a message is no JSON in UTF-8', { cause });
  }
}
