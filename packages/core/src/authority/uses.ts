import { askRight, coversRight, KernelError, parseRight } from '@tksm/abstractions';
import type { CapabilityClaim, RightUse } from '@tksm/abstractions';
import type { Asked } from './required-rights.ts';

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
  const rights = claims.map(parseRight);
  for (const { action, resource } of uses) {
    const asked = askRight(action, resource);
    if (rights.some((right) => coversRight(right, asked))) continue;
    const right = `${action}:${resource}`;
    throw new KernelError('CapabilityDenied', `the job does not claim ${right}`, { data: { right } });
  }
}
