import type { RootKeys, TokenIssuer } from '@tksm/abstractions';
import { BiscuitIssuer } from './biscuit-issuer.ts';

/** Tokens under root keys. Verifying costs a few milliseconds: once a connection or submission, never a message. */
export function openBiscuitIssuer(options: { readonly keys: RootKeys }): TokenIssuer {
  return new BiscuitIssuer(options.keys);
}
