import { GRANT_LIMITS, KernelError, TOKEN_LIMITS } from '@tksm/abstractions';

/** Why a token is not taken. `data.reason` of `TokenInvalid`. */
export type TokenFault =
  'not-a-token' | 'signature' | 'root-key' | 'statement' | 'zone' | 'widened' | 'check-failed' | 'sealed';

const MESSAGES: Readonly<Record<TokenFault, string>> = {
  'not-a-token': 'the text is not a token, or not all of one',
  signature: 'the token was changed, or was not signed by the key that it names',
  'root-key': 'the token hangs from a root key that this zone does not have',
  statement: 'the token has statements that are not understood here',
  zone: 'the token is one of another zone',
  widened: 'a block of the token is not within the one before it',
  'check-failed': 'a check of the token does not hold',
  sealed: 'the token is sealed, so that it cannot be attenuated',
};

/** Says nothing of the token, and keeps no cause: errors of the library quote what they were given. */
export function invalidToken(reason: TokenFault): KernelError {
  return new KernelError('TokenInvalid', MESSAGES[reason], { data: { reason } });
}

export function tooManyCharacters(): KernelError {
  const { characters } = TOKEN_LIMITS;
  return new KernelError('TokenTooLarge', `a token has at most ${characters} characters`, {
    data: { characters },
  });
}

export function tooManyBlocks(): KernelError {
  const { blocks } = TOKEN_LIMITS;
  return new KernelError('TokenTooLarge', `a token has at most ${blocks} blocks`, { data: { blocks } });
}

export function tooMuchGranted(): KernelError {
  const { rights, rightsText, note } = GRANT_LIMITS;
  const why = `a block of a token has at most ${rights} rights of ${rightsText} characters together, and a note of ${note}`;
  return new KernelError('TokenTooLarge', why, { data: { rights, rightsText, note } });
}
