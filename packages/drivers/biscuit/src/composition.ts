import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { biscuitHolder } from './biscuit-holder.ts';
import { openBiscuitIssuer } from './open-biscuit-issuer.ts';

/** Registers issuer and holder of tokens, over the registered root keys. Loads nothing before a token is used. */
export function composeBiscuit(registrar: Registrar): void {
  registrar.value(TOKENS.tokenHolder, biscuitHolder);
  registrar.singleton(TOKENS.tokenIssuer, (resolver) =>
    openBiscuitIssuer({ keys: resolver.get(TOKENS.rootKeys) }),
  );
}
