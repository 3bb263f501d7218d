import { canonicalJson, hash } from '@tksm/abstractions';
import type { Hash, StoredValue } from '@tksm/abstractions';
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

/** AES-256-GCM: bytes of key, nonce and tag. */
export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** A value under its subject's key. */
export interface SealedBody {
  readonly commitment: Hash;
  readonly body: Uint8Array;
}

/** How a subject is called in the log: HMAC-SHA-256 of its name under the zone's secret. */
export function subjectHash(secret: Uint8Array, name: string): Hash {
  return hash(createHmac('sha256', secret).update(`subject\n${name}`).digest('hex'));
}

/**
 * Seals a value. The salt is a keyed hash of what is sealed and where (`context`), not chance: under one key the same
 * value in the same place gives the same commitment, so that a repeated command is known again; without the key it
 * tells nothing. Source: the synthetic nonces of RFC 5297 and RFC 6979.
 */
export function seal(
  key: Uint8Array,
  subject: Hash,
  context: string,
  value: StoredValue,
  nonce: Uint8Array,
): SealedBody {
  const text = canonicalJson(value);
  const salt = createHmac('sha256', key)
    .update(`salt\n${canonicalJson(context)}\n${text}`)
    .digest();
  const commitment = commitmentOf(salt, text);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(boundTo(subject, commitment));
  const sealed = [cipher.update(salt), cipher.update(text, 'utf8'), cipher.final()];
  return { commitment, body: Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]) };
}

/** The value in a body; undefined when it is not the one that was committed to, or not under this key. */
export function unseal(
  key: Uint8Array,
  subject: Hash,
  commitment: Hash,
  body: Uint8Array,
): StoredValue | undefined {
  if (body.length < NONCE_BYTES + KEY_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, body.subarray(0, NONCE_BYTES));
  decipher.setAAD(boundTo(subject, commitment));
  decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
  let opened: Buffer;
  try {
    const sealed = body.subarray(NONCE_BYTES, body.length - TAG_BYTES);
    opened = Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
  const text = opened.toString('utf8', KEY_BYTES);
  if (commitmentOf(opened.subarray(0, KEY_BYTES), text) !== commitment) return undefined;
  return JSON.parse(text) as StoredValue;
}

function commitmentOf(salt: Uint8Array, text: string): Hash {
  return hash(createHash('sha256').update(salt).update(text).digest('hex'));
}

/** A body opens under the name and the subject it was sealed for, and no other. */
function boundTo(subject: Hash, commitment: Hash): Uint8Array {
  return Buffer.from(`${subject}/${commitment}`);
}
