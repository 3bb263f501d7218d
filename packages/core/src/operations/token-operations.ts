import { KernelError } from '@tksm/abstractions';
import type { HandleId, Instant, StoredObject } from '@tksm/abstractions';
import { boundedText, MOST, mostFor, tooMany } from '../authority/derivation.ts';
import { isRevocationId, tokenHandleId } from '../authority/token-handle.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { FOR_GOOD } from '../state/revoked-tokens.ts';
import { textField } from './operation.ts';
import type { KernelOperation } from './operation.ts';

export const tokenRevoke: KernelOperation = {
  name: 'token.revoke',
  asks: (input) => [{ action: 'token.revoke', resource: revocationId(input) }],
  summary:
    'Ends a token by its revocation id, and all that were made from it: { id, reason?, expiresAt? }; it is remembered until expiresAt, or for good',
  perform(input, { state, by, now }) {
    const token = revocationId(input);
    const reason = input.reason === undefined ? 'revoked on request' : boundedText(input.reason, 'reason');
    const until = expiryOf(token, input, state);
    const before = state.revokedTokens.get(token)?.until ?? Number.NEGATIVE_INFINITY;
    if (until <= Math.max(before, now)) return { output: { token, revoked: false }, events: [] };
    if (before < 0) checkRevocations(state, by, now);
    const event = { type: 'token.revoked' as const, v: 1 as const, token, by, reason };
    return {
      output: { token, revoked: true },
      events: [until < FOR_GOOD ? { ...event, expiresAt: until } : event],
    };
  },
};

/** Says nothing of what it was given: that may be a token. @throws KernelError `InvalidInput` */
function revocationId(input: StoredObject): string {
  const id = textField(input, 'id');
  if (isRevocationId(id)) return id;
  throw invalid('id', 'a revocation id is 32 to 256 lower-case hex digits');
}

/** Whether one more token may be revoked. @throws KernelError `TooManyCapabilities` */
export function checkRevocations({ revokedTokens }: KernelState, by: HandleId, now: Instant): void {
  const limit = mostFor(by, MOST.revokedTokens);
  if (revokedTokens.size < limit || revokedTokens.holding(now) < limit) return;
  throw tooMany(`${limit} tokens are revoked; make another root key, and remove the old one`, limit);
}

/** When a token has expired at the latest: what its handle says counts more than what somebody says. */
function expiryOf(token: string, { expiresAt }: StoredObject, state: KernelState): Instant {
  const live = state.capabilities.get(tokenHandleId(state.zone, token));
  if (live?.token === token) return Math.min(live.expiresAt ?? FOR_GOOD, FOR_GOOD);
  if (expiresAt === undefined) return FOR_GOOD;
  if (typeof expiresAt === 'number' && Number.isSafeInteger(expiresAt) && expiresAt >= 0)
    return Math.min(expiresAt, FOR_GOOD);
  throw invalid('expiresAt', 'expiresAt is an instant in ms since 1970');
}

function invalid(field: string, message: string): KernelError {
  return new KernelError('InvalidInput', message, { data: { field } });
}
