import { createHash } from 'node:crypto';
import { KernelError } from '@tksm/abstractions';
import type { CapabilityGrant, TokenBlock, TokenContents, TokenIssuer, ZoneId } from '@tksm/abstractions';

/** An issuer whose tokens are their contents, and that anybody can write: it proves zone and expiry, and nothing else. */
export class PaperTokens implements TokenIssuer {
  /** Tokens that it was asked to prove. */
  proofs = 0;
  #minted = 0;

  async mint(grant: CapabilityGrant, zone: ZoneId): Promise<string> {
    return JSON.stringify({ zone, rootKey: 1, blocks: [this.block(grant)] });
  }

  /** A token with one more block, within the last one or not. */
  append(token: string, grant: CapabilityGrant): string {
    const { blocks, ...rest } = JSON.parse(token) as TokenContents;
    return JSON.stringify({ ...rest, blocks: [...blocks, this.block(grant)] });
  }

  block(grant: CapabilityGrant): TokenBlock {
    const number = String((this.#minted += 1));
    return { grant, revocationId: createHash('sha512').update(number).digest('hex') };
  }

  async verify(token: string, zone: ZoneId, at: number): Promise<TokenContents> {
    this.proofs += 1;
    if (!token.startsWith('{')) throw new KernelError('TokenInvalid', 'the text is not a token');
    const contents = JSON.parse(token) as TokenContents;
    if (contents.zone !== zone) throw new KernelError('TokenInvalid', 'the token is one of another zone');
    if (contents.blocks.some(({ grant: { caveats } }) => (caveats?.expiresAt ?? at + 1) <= at))
      throw new KernelError('TokenExpired', 'the token has expired');
    return contents;
  }
}

/** The revocation ids of a paper token, from the first block on. */
export function idsOf(token: string): readonly string[] {
  return (JSON.parse(token) as TokenContents).blocks.map(({ revocationId }) => revocationId);
}
