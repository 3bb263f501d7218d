import { TOKEN_LIMITS } from '@tksm/abstractions';
import type { Biscuit } from './biscuit-library.ts';
import { invalidToken, tooManyCharacters } from './token-fault.ts';

/** Base64 with `-` and `_` (RFC 4648 §5). */
const TEXT = /^[A-Za-z0-9_-]+={0,2}$/;

/** The bytes of a token's text. @throws KernelError `TokenInvalid`, `TokenTooLarge` */
export function bytesOf(text: string): Uint8Array {
  if (typeof text !== 'string') throw invalidToken('not-a-token');
  if (text.length > TOKEN_LIMITS.characters) throw tooManyCharacters();
  if (!TEXT.test(text)) throw invalidToken('not-a-token');
  return Buffer.from(text, 'base64url');
}

/** The text of a token. @throws KernelError `TokenTooLarge` */
export function textOf(biscuit: Biscuit): string {
  const text = biscuit.toBase64();
  if (text.length > TOKEN_LIMITS.characters) throw tooManyCharacters();
  return text;
}
