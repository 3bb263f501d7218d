import { TOKEN_LIMITS } from '@tksm/abstractions';
import type { CapabilityGrant, TokenContents, TokenHolder } from '@tksm/abstractions';
import type { Biscuit, BiscuitLibrary, BlockBuilder } from './biscuit-library.ts';
import { writeBlock } from './write-block.ts';
import { openToken } from './open-token.ts';
import type { OpenedToken } from './open-token.ts';
import { biscuits } from './renewed-library.ts';
import { boundedGrant, narrowed } from './sound-grant.ts';
import { invalidToken, tooManyBlocks } from './token-fault.ts';
import { textOf } from './token-text.ts';

/** What anybody can do with a token, without the zone that issued it. */
export const biscuitHolder: TokenHolder = Object.freeze({
  inspect(token: string): Promise<TokenContents> {
    return biscuits.use((library) => {
      using opened = openClaimed(library, token);
      return opened.contents;
    });
  },

  attenuate(token: string, grant: CapabilityGrant): Promise<string> {
    return biscuits.use((library) => {
      const sound = boundedGrant(grant);
      using opened = openClaimed(library, token);
      narrowed(opened.allowed, sound);
      if (opened.contents.blocks.length >= TOKEN_LIMITS.blocks) throw tooManyBlocks();
      using block = new library.BlockBuilder();
      writeBlock(library, block, { grant: sound });
      using attenuated = appended(opened.biscuit, block);
      return textOf(attenuated);
    });
  },
});

/** Opens a token with the key that it names itself: it is a whole one, and may be anybody's. */
function openClaimed(library: BiscuitLibrary, token: string): OpenedToken {
  return openToken(library, token, ({ publicKey }) => {
    try {
      return library.PublicKey.fromString(publicKey, library.SignatureAlgorithm.Ed25519);
    } catch {
      // Not every 32 bytes are a key.
      throw invalidToken('signature');
    }
  });
}

function appended(biscuit: Biscuit, block: BlockBuilder): Biscuit {
  try {
    return biscuit.appendBlock(block);
  } catch {
    throw invalidToken('sealed');
  }
}
