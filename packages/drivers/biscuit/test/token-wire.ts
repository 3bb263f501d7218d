import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** The fields of a protobuf message, as they lie in it. Of a token: root key id, first block, blocks, proof. */
export function fieldsOf(message: string | Buffer): Buffer[] {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'base64url') : message;
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at++;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if (((bytes[start] ?? 0) & 7) === 2) at += length;
    found.push(bytes.subarray(start, at));
  }
  return found;
}

/** What is in a field of less than 16 KiB. */
export function contentOf(field: Buffer | undefined): Buffer {
  if (field === undefined) throw new Error('there is no such field');
  return field.subarray((field[1] ?? 0) < 128 ? 2 : 3);
}

/** Bytes as the text of a token: padded, as the library writes it. */
export function asText(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** A token with one more block of any bytes, signed by whoever holds it. */
export function forged(token: string, block: Buffer): string {
  const [id, authority, proof] = fieldsOf(token) as [Buffer, Buffer, Buffer];
  const seed = contentOf(fieldsOf(contentOf(proof))[0]);
  const next = Buffer.alloc(32, 9);
  const nextKey = Buffer.from(
    createPublicKey(privateKey(next)).export({ format: 'jwk' }).x ?? '',
    'base64url',
  );
  // What is signed: the block, the algorithm of the next key (0, four bytes), the next key.
  const signature = sign(null, Buffer.concat([block, Buffer.alloc(4), nextKey]), privateKey(seed));
  const signed = [field(1, block), field(2, Buffer.from([8, 0]), field(2, nextKey)), field(3, signature)];
  return asText([id, authority, field(3, ...signed), field(4, field(1, next))]);
}

/** Ed25519 keys in PKCS #8 are these bytes and a seed. */
function privateKey(seed: Buffer): KeyObject {
  const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function field(number: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...size]), content]);
}
