import type { Instant, ZoneId } from '../runtime/ids.ts';
import type { CapabilityGrant } from './capability.ts';

/** Bounds of a token. */
export const TOKEN_LIMITS = Object.freeze({
  /** Characters of its text. */
  characters: 8_192,
  /** The block it was minted with, and those it was attenuated by. */
  blocks: 16,
});

/** One link of a token's chain. */
export interface TokenBlock {
  readonly grant: CapabilityGrant;
  /** Names it, and with it every token that was made from here on, to those who revoke: lower-case hex. */
  readonly revocationId: string;
}

/** What a token says. Its holder has what the grants of all blocks allow: rights of the last, caveats of every one. */
export interface TokenContents {
  readonly zone: ZoneId;
  /** Id of the root key that it says it hangs from. */
  readonly rootKey: number;
  /** From the one it was minted with down; at least one. */
  readonly blocks: readonly TokenBlock[];
}

/**
 * What anybody who holds a token can do with it, without the zone and its keys.
 *
 * All calls throw KernelError `TokenInvalid` for text that is no token, or one with statements that are not understood, and
 * `TokenTooLarge`. Nothing of a token is in their messages.
 */
export interface TokenHolder {
  /** Reads a token. It may be forged: only its issuer can tell. */
  inspect(token: string): Promise<TokenContents>;
  /**
   * Makes a token that allows less. What a grant does not say of caveats stays as it was.
   *
   * @throws KernelError `CapabilityDenied` when the grant is not within what the token has; `InvalidInput`, `TokenTooLarge`
   */
  attenuate(token: string, grant: CapabilityGrant): Promise<string>;
}

/** Mints the tokens of zones, and judges them. Nothing of a token is in the messages of its errors. */
export interface TokenIssuer {
  /** @throws KernelError `InvalidInput`, `TokenTooLarge`, and as `RootKeys` */
  mint(grant: CapabilityGrant, zone: ZoneId): Promise<string>;
  /**
   * What a token says, once all of it is proved: signatures up to a root key, the zone, each block within the one before, and
   * that it lives at the instant. Whether one of its blocks was revoked is for the kernel to say.
   *
   * @throws KernelError `TokenInvalid`, with `data.reason`; `TokenExpired`, `TokenTooLarge`; `TokenUnjudged` when a limit of the
   * evaluation was met, which is no denial and no permission; and as `RootKeys`
   */
  verify(token: string, zone: ZoneId, at: Instant): Promise<TokenContents>;
}
