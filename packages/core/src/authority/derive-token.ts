import { isKernelError, KernelError } from '@tksm/abstractions';
import type { CapabilityDerived, HandleId, Instant, TokenBlock, TokenContents } from '@tksm/abstractions';
import { Capability } from '../state/capability-table.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { checkRoom, checkWithin, derivationOf, grantOf, MOST } from './derivation.ts';
import type { Derivation } from './derivation.ts';
import { OPERATOR_ID } from './handle-table.ts';
import { heldOf } from './held.ts';
import { isRevocationId, tokenHandleId } from './token-handle.ts';

/** What a token comes to in a zone. */
interface TokenDerivation {
  /** The handle of its last block. */
  readonly handle: HandleId;
  readonly expiresAt: Instant | undefined;
  /** Derivations that are not in the state yet, from the top down. */
  readonly events: readonly CapabilityDerived[];
}

/**
 * The handles of a proved token: the first block's below the operator's, each other's below that of the block before. Those
 * that are there already stay as they are, with what was counted. The proof is not relied on: what is not within the handle
 * above is refused here, too.
 *
 * @throws KernelError `TokenInvalid`, `TokenRevoked`, `TokenExpired`, `TokenTooLarge`, `TooManyCapabilities`, `CapabilityDenied`
 */
export function deriveToken(
  { zone, blocks }: TokenContents,
  state: KernelState,
  now: Instant,
): TokenDerivation {
  if (zone !== state.zone) throw invalidToken('zone');
  for (const { revocationId } of blocks)
    if (state.revokedTokens.get(revocationId) !== undefined) throw revokedToken();
  const events: CapabilityDerived[] = [];
  const chain: Capability[] = [];
  for (const block of blocks) {
    const above = chain.at(-1);
    const known = knownOf(block, above, state);
    if (known !== undefined) {
      chain.push(known);
      continue;
    }
    const event = derived(block, above, state);
    if (chain.some(({ id }) => id === event.handle)) throw invalidToken('blocks');
    events.push(event);
    const { handle: id, by: parent, rights, caveats } = event;
    const place = { position: state.position, time: now };
    chain.push(new Capability({ id, parent, rights, ...(caveats && { caveats }), ...place }, above));
  }
  const last = chain.at(-1);
  if (last === undefined) throw invalidToken('blocks');
  if (last.isExpired(now)) throw new KernelError('TokenExpired', 'the token has expired');
  const above = chain.at(-1 - events.length) ?? chain[0] ?? last;
  if (events.length > 0) checkRoom(state, above.id, events.length);
  return { handle: last.id, expiresAt: last.expiresAt, events };
}

/** The handle that a block has already. */
function knownOf(
  { revocationId }: TokenBlock,
  above: Capability | undefined,
  state: KernelState,
): Capability | undefined {
  if (!isRevocationId(revocationId)) throw invalidToken('blocks');
  const known = state.capabilities.get(tokenHandleId(state.zone, revocationId));
  if (known === undefined) return undefined;
  if (known.token === revocationId && known.above === above) return known;
  throw invalidToken('blocks');
}

function derived(
  { grant, revocationId }: TokenBlock,
  above: Capability | undefined,
  { zone }: KernelState,
): CapabilityDerived {
  const by = above?.id ?? OPERATOR_ID;
  const derivation = bounded(grant);
  if (above !== undefined) checkWithin(heldOf(above), derivation, by);
  const handle = tokenHandleId(zone, revocationId);
  return { type: 'capability.derived', v: 1, handle, by, ...grantOf(derivation), token: revocationId };
}

/** @throws KernelError `TokenTooLarge` */
function bounded(grant: TokenBlock['grant']): Derivation {
  try {
    return derivationOf(grant);
  } catch (error) {
    if (!isKernelError(error, 'InvalidInput')) throw error;
    const why = `a block of a token has at most ${MOST.rights} rights of ${MOST.rightsText} characters, and a note of ${MOST.note}`;
    throw new KernelError('TokenTooLarge', why);
  }
}

function revokedToken(): KernelError {
  return new KernelError('TokenRevoked', 'the token, or one that it was made from, was revoked');
}

/** Says nothing of the token. */
function invalidToken(reason: 'zone' | 'blocks'): KernelError {
  const what = reason === 'zone' ? 'is one of another zone' : 'has blocks that do not belong together';
  return new KernelError('TokenInvalid', `the token ${what}`, { data: { reason } });
}
