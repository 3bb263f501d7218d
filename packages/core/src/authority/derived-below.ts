import { handleId } from '@tksm/abstractions';
import type { CapabilityDerived, CommandId, HandleId, Instant, Position } from '@tksm/abstractions';
import { deriveJobId } from '../jobs/derive-id.ts';
import type { KernelState } from '../state/kernel-state.ts';
import type { Authority } from './authority.ts';
import { checkRoom, checkUnexpired, checkWithin, grantOf } from './derivation.ts';
import type { Derivation } from './derivation.ts';
import { OPERATOR_ID } from './handle-table.ts';

/** What is looked at to derive. */
interface DerivationScope {
  readonly state: KernelState;
  readonly authority: Authority;
  readonly now: Instant;
  readonly position: Position;
  readonly cmd: CommandId | undefined;
}

/**
 * The event that derives a handle below another one, for a part of what that allows.
 *
 * @throws KernelError `CapabilityDenied`, `InvalidInput`, `TooManyCapabilities`
 */
export function derivedBelow(
  above: HandleId,
  derivation: Derivation,
  scope: DerivationScope,
): CapabilityDerived {
  const { state, authority, now } = scope;
  if (above !== OPERATOR_ID) checkWithin(authority.find(above), derivation, above);
  checkUnexpired(derivation.caveats, now);
  checkRoom(state, above, 1);
  return { type: 'capability.derived', v: 1, handle: newId(scope), by: above, ...grantOf(derivation) };
}

/** The same for the same command; else by the place in the log, which no other has. */
function newId({ state, position, cmd }: DerivationScope): HandleId {
  return handleId(deriveJobId(state.zone, cmd ?? `capability at ${position}`));
}
