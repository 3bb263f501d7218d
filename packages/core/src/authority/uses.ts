import { askRight, coversRight, KernelError } from '@tksm/abstractions';
import type { CapabilityClaim, Right, RightUse } from '@tksm/abstractions';
import type { Asked } from './required-rights.ts';
import { soundRight } from './sound-right.ts';

/** Uses as the gate looks at them. */
export function askedBy(uses: readonly RightUse[], kind?: string): readonly Asked[] {
  return uses.map(({ amount, ...use }) => ({
    ...use,
    ...(amount !== undefined && { amount: BigInt(amount) }),
    ...(kind !== undefined && { kind }),
  }));
}

/**
 * Whether a job that names claims stays within them: it may do less than its handle, never more.
 *
 * @throws KernelError `CapabilityDenied`
 */
export function checkClaims(claims: readonly CapabilityClaim[] | undefined, uses: readonly RightUse[]): void {
  if (claims === undefined) return;
  for (const { action, resource } of uses)
    if (!isCovered(askRight(action, resource), claims)) throw unclaimed(`${action}:${resource}`);
}

/**
 * The claims of a child: what it names, within what its parent claims; all of that when it names none.
 *
 * @throws KernelError `CapabilityDenied`
 */
export function claimsOfChild(
  own: readonly CapabilityClaim[] | undefined,
  parents: readonly CapabilityClaim[] | undefined,
): readonly CapabilityClaim[] | undefined {
  if (parents === undefined) return own;
  for (const claim of own ?? []) {
    const right = soundRight(claim);
    if (!parents.includes(claim) && (right === undefined || !isCovered(right, parents)))
      throw unclaimed(claim);
  }
  return own ?? parents;
}

function isCovered(right: Right, claims: readonly CapabilityClaim[]): boolean {
  return claims.some((claim) => {
    const claimed = soundRight(claim);
    return claimed !== undefined && coversRight(claimed, right);
  });
}

function unclaimed(right: string): KernelError {
  return new KernelError('CapabilityDenied', `the job does not claim ${right}`, { data: { right } });
}
