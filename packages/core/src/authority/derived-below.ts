import { handleId } from '@tksm/abstractions';
import type { CapabilityDerived, HandleId, Instant } from '@tksm/abstractions';
import { deriveIdAt } from '../jobs/derive-id.ts';
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
  const handle = handleId(deriveIdAt(state, 'capability'));
  return { type: 'capability.derived', v: 1, handle, by: above, ...grantOf(derivation) };
}
