import { TOKEN_LIMITS } from '@tksm/abstractions';
import type { CapabilityGrant, TokenBlock, TokenContents } from '@tksm/abstractions';
import type { Biscuit, BiscuitLibrary, PublicKey } from './biscuit-library.ts';
import { rootClaimOf } from './root-claim.ts';
import type { RootClaim } from './root-claim.ts';
import { narrowed } from './sound-grant.ts';
import { readBlock } from './statements.ts';
import { invalidToken, tooManyBlocks } from './token-fault.ts';
import { bytesOf } from './token-text.ts';

/** A token that was taken apart; its signatures hold under the key that it was opened with. */
export interface OpenedToken extends Disposable {
  readonly biscuit: Biscuit;
  readonly contents: TokenContents;
  /** What all its blocks together allow. */
  readonly allowed: CapabilityGrant;
}

/**
 * Takes a token apart, and believes nothing of it that the key does not prove.
 *
 * @param keyOf the public key for what the token claims; undefined when there is none
 * @throws KernelError `TokenInvalid`, `TokenTooLarge`
 */
export function openToken(
  library: BiscuitLibrary,
  text: string,
  keyOf: (claim: RootClaim) => PublicKey | undefined,
): OpenedToken {
  const claim = rootClaimOf(bytesOf(text));
  using key = keyOf(claim);
  if (key === undefined) throw invalidToken('root-key');
  const biscuit = proved(library, text, key);
  try {
    return { biscuit, ...readChain(biscuit, claim, key), [Symbol.dispose]: () => biscuit[Symbol.dispose]() };
  } catch (error) {
    biscuit[Symbol.dispose]();
    throw error;
  }
}

function proved(library: BiscuitLibrary, text: string, key: PublicKey): Biscuit {
  let biscuit: Biscuit;
  try {
    biscuit = library.Biscuit.fromBase64(text, key);
  } catch {
    throw invalidToken('signature');
  }
  // A text has one meaning, and a meaning one text: nothing rides along that no signature covers.
  if (biscuit.toBase64() === text) return biscuit;
  biscuit[Symbol.dispose]();
  throw invalidToken('not-a-token');
}

function readChain(
  biscuit: Biscuit,
  claim: RootClaim,
  key: PublicKey,
): Omit<OpenedToken, 'biscuit' | symbol> {
  const read = sourcesOf(biscuit).map(readBlock);
  const [first, ...rest] = read;
  if (first?.origin?.root !== key.toDatalogParameter()) throw invalidToken('statement');
  if (rest.some(({ origin }) => origin !== undefined)) throw invalidToken('statement');
  const revocationIds = biscuit.getRevocationIdentifiers();
  const blocks = read.map(({ grant }, at): TokenBlock => ({ grant, revocationId: revocationIds[at] ?? '' }));
  return {
    contents: { zone: first.origin.zone, rootKey: claim.id, blocks },
    allowed: allowedBy(read.map(({ grant }) => grant)),
  };
}

function sourcesOf(biscuit: Biscuit): readonly string[] {
  const count = biscuit.countBlocks();
  if (count > TOKEN_LIMITS.blocks) throw tooManyBlocks();
  try {
    return Array.from({ length: count }, (_, at) => biscuit.getBlockSource(at));
  } catch {
    // Its holder may write anything into a block, and sign it.
    throw invalidToken('statement');
  }
}

function allowedBy(grants: readonly CapabilityGrant[]): CapabilityGrant {
  try {
    return grants.reduce(narrowed);
  } catch {
    // Which right it is would be a part of the token.
    throw invalidToken('widened');
  }
}
